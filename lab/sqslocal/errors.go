package sqslocal

import (
	"errors"
	"fmt"
	"net/http"
)

// apiError is an error as SQS tells it: a shape of its JSON protocol, and
// the code that the older query protocol had for it.
type apiError struct {
	status  int
	shape   string // with its namespace: "com.amazonaws.sqs#QueueDoesNotExist"
	code    string // "AWS.SimpleQueueService.NonExistentQueue"
	message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

// sender tells whether the caller is to blame, and need not try again.
func (e *apiError) sender() bool { return e.status < 500 }

// fault is the last part of the header x-amzn-query-error.
func (e *apiError) fault() string {
	if e.sender() {
		return "Sender"
	}
	return "Receiver"
}

// asAPIError finds the apiError in err; anything else is our own mistake.
func asAPIError(err error) *apiError {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e
	}
	return internalError(err.Error())
}

func sqsError(shape, code, format string, args ...any) *apiError {
	return &apiError{http.StatusBadRequest, "com.amazonaws.sqs#" + shape, code, fmt.Sprintf(format, args...)}
}

// legacyError is for shapes whose query code had the service's prefix.
func legacyError(shape, format string, args ...any) *apiError {
	return sqsError(shape, "AWS.SimpleQueueService."+shape, format, args...)
}

func coralError(status int, shape, code, format string, args ...any) *apiError {
	return &apiError{status, "com.amazon.coral.service#" + shape, code, fmt.Sprintf(format, args...)}
}

func invalidValue(format string, args ...any) *apiError {
	return coralError(http.StatusBadRequest, "InvalidParameterValueException", "InvalidParameterValue", format, args...)
}

// outOfRange is SQS's sentence for a number outside its range.
func outOfRange(value any, name, reason string) *apiError {
	return invalidValue("Value %v for parameter %s is invalid. Reason: %s.", value, name, reason)
}

func missing(name string) *apiError {
	return coralError(http.StatusBadRequest, "MissingRequiredParameterException", "MissingParameter",
		"The request must contain the parameter %s.", name)
}

func unreadable(reason string) *apiError {
	return coralError(http.StatusBadRequest, "SerializationException", "MalformedInput", "%s", reason)
}

func queueDoesNotExist() *apiError {
	return sqsError("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
}

func receiptHandleIsInvalid(handle string) *apiError {
	return sqsError("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid",
		"The input receipt handle %q is not a valid receipt handle.", handle)
}

func internalError(message string) *apiError {
	return coralError(http.StatusInternalServerError, "InternalFailure", "InternalFailure", "%s", message)
}

func serviceUnavailable() *apiError {
	return coralError(http.StatusServiceUnavailable, "ServiceUnavailable", "ServiceUnavailable",
		"The request has failed due to a temporary failure of the server.")
}
