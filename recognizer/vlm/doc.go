// Package vlm asks a vision language model for a second opinion on an ID, over the
// protocol of OpenAI's chat completions, which many servers speak.
//
// It is given a picture that shows the ID alone (recognizer.Reading.SecondLook), and
// sends nothing else: no name, no roster, no exam. Answers are structured and checked;
// what isn't an ID is an error. A [Client] bounds its time, its rate and how many
// requests are under way, and rests for a while when the server fails again and again.
package vlm
