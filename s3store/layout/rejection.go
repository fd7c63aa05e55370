package layout

// Rejections is the folder of what is known of messages that were refused: no exam and
// no batch can be called so.
const Rejections = "_rejected"

// Rejection is the record of a message that was refused, beside the batches of the exam
// that it names; examCode is "" if it names none.
func Rejection(examCode, id string) string {
	if examCode == "" {
		return "results/" + Rejections + "/" + id + ".json"
	}
	return "results/" + examCode + "/" + Rejections + "/" + id + ".json"
}
