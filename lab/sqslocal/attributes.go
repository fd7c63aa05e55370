package sqslocal

import (
	"strconv"
	"strings"
)

// everyName asks for every attribute.
const everyName = "All"

// maxAttributes is the number of attributes that a message can have.
const maxAttributes = 10

// checkAttributes checks a message's attributes by SQS's rules.
func checkAttributes(attributes map[string]attribute) error {
	if len(attributes) > maxAttributes {
		return invalidValue("Number of message attributes [%d] exceeds the allowed maximum [%d].",
			len(attributes), maxAttributes)
	}
	for name, a := range attributes {
		if !validAttributeName(name) {
			return invalidValue("The message attribute name %q is invalid. Reason: It can have 1 to 256 letters, digits, "+
				"underscores, hyphens and single dots inside, and must not start with AWS. or Amazon.", name)
		}
		if problem := a.problem(); problem != "" {
			return invalidValue("The message attribute %q is invalid. Reason: %s.", name, problem)
		}
	}
	return nil
}

func validAttributeName(name string) bool {
	lower := strings.ToLower(name)
	return validName(name, "_-.") && len(name) <= 256 && !strings.Contains("."+name+".", "..") &&
		!strings.HasPrefix(lower, "aws.") && !strings.HasPrefix(lower, "amazon.")
}

// problem says what is wrong with an attribute; "" if nothing is.
func (a attribute) problem() string {
	kind, label, labelled := strings.Cut(a.DataType, ".")
	switch {
	case a.DataType == "":
		return "It must contain a non-empty message attribute type"
	case kind != "String" && kind != "Number" && kind != kindBinary, labelled && label == "", len(a.DataType) > 256:
		return "Its type must be String, Number or Binary, perhaps with a label after a dot, of at most 256 bytes"
	case kind == kindBinary && (len(a.BinaryValue) == 0 || a.StringValue != nil):
		return "It must contain a non-empty BinaryValue and nothing else"
	case kind != kindBinary && (a.StringValue == nil || *a.StringValue == "" || a.BinaryValue != nil):
		return "It must contain a non-empty StringValue and nothing else"
	case kind != kindBinary && !validText(*a.StringValue):
		return "It contains characters that are not allowed"
	case kind == "Number" && !isNumber(*a.StringValue):
		return "Its value is not a number"
	}
	return ""
}

func isNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && strings.Trim(text, "+-.0123456789eE") == ""
}

// wanted tells whether a receive that names these attributes gets this one:
// a name, "All", or a start such as "trace.*".
func wanted(names []string, attribute string) bool {
	for _, name := range names {
		prefix, isPrefix := strings.CutSuffix(name, ".*")
		if name == everyName || name == attribute || isPrefix && strings.HasPrefix(attribute, prefix) {
			return true
		}
	}
	return false
}

// choose picks the attributes that a receive asked for.
func choose(all map[string]attribute, names []string) map[string]attribute {
	if len(all) == 0 || len(names) == 0 {
		return nil
	}
	chosen := map[string]attribute{}
	for name, a := range all {
		if wanted(names, name) {
			chosen[name] = a
		}
	}
	return chosen
}
