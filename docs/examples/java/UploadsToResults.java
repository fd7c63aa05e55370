package com.example.hakbeon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * Uploads sheets to S3, and takes their results off a queue: no job, no webhook.
 *
 * <pre>
 * mvn -q compile exec:java -Dexec.mainClass=com.example.hakbeon.UploadsToResults \
 *     -Dexec.args="SaS_2017_Final roster.xlsx scans/001.jpg scans/002.jpg"
 * </pre>
 *
 * The bucket tells hakbeon's queue of each upload (UploadsAreJobs, or by hand as in docs/operations.md), and hakbeon
 * puts each event on RESULT_QUEUE_URL. AWS's SDK reads region, keys and endpoints from the environment.
 */
public final class UploadsToResults {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BATCH = LocalDate.now().toString();

    private UploadsToResults() {}

    public static void main(String[] args) throws IOException {
        if (args.length < 3) {
            throw new IllegalArgumentException("give an exam code, a roster and its sheets");
        }
        String examCode = args[0];
        Path roster = Path.of(args[1]);
        List<Path> sheets = Arrays.stream(args).skip(2).map(Path::of).toList();
        String bucket = System.getenv("S3_BUCKET");
        String results = System.getenv("RESULT_QUEUE_URL");
        WebhookVerifier verifier = new WebhookVerifier(System.getenv("WEBHOOK_SECRET"));
        // Of each sheet the result that counts.
        Map<String, JsonNode> latest = new HashMap<>();

        try (S3Client s3 = S3Client.create(); SqsClient sqs = SqsClient.create()) {
            // 1. The roster first, then the sheets: S3 tells of each.
            s3.putObject(put -> put.bucket(bucket).key("rosters/" + examCode + ".xlsx"), roster);
            for (Path sheet : sheets) {
                String key = "uploads/" + examCode + "/" + BATCH + "/" + sheet.getFileName();
                s3.putObject(put -> put.bucket(bucket).key(key), sheet);
            }
            // 2. Events come more than once and in any order: an id that was seen is passed over, and of a sheet the
            //    highest version counts.
            Set<String> seen = new HashSet<>();
            boolean closed = false;
            boolean ended = false;
            while (!(ended && latest.size() == sheets.size() && latest.values().stream().allMatch(r -> r.path("final").asBoolean()))) {
                List<Message> messages = sqs.receiveMessage(
                        get -> get.queueUrl(results).maxNumberOfMessages(10).waitTimeSeconds(10).messageAttributeNames("All")).messages();
                for (Message message : messages) {
                    JsonNode event = verified(verifier, message);
                    JsonNode data = event.path("data");
                    boolean ours = examCode.equals(data.path("exam_code").asText()) && BATCH.equals(data.path("batch_id").asText());
                    if (ours && seen.add(attribute(message, "webhook-id"))) {
                        if (event.path("type").asText().startsWith("sheet.")) {
                            latest.merge(data.path("sheet").asText(), data, UploadsToResults::newer);
                        } else if (event.path("type").asText().equals("batch.completed")) {
                            ended = data.path("total").asInt() == sheets.size();
                        }
                    }
                    sqs.deleteMessage(delete -> delete.queueUrl(results).receiptHandle(message.receiptHandle()));
                }
                // 3. The batch ends when nothing has come for ten minutes (BATCH_IDLE), or at once when we say that
                //    all is there.
                if (latest.size() == sheets.size() && !closed) {
                    String close = JSON.writeValueAsString(Map.of("type", "close", "exam_code", examCode, "batch_id", BATCH));
                    sqs.sendMessage(send -> send.queueUrl(System.getenv("SQS_QUEUE_URL")).messageBody(close).messageGroupId(examCode));
                    closed = true;
                }
            }
        }

        latest.values().stream().sorted(Comparator.comparing(r -> r.path("filename").asText())).forEach(result ->
                System.out.println(String.join(" ", result.path("filename").asText(), result.path("status").asText(),
                        result.path("student_id").asText("-"), result.at("/meta/s3_keys/original").asText("-"))));
    }

    /** The event in a message, if the one who shares our secret has sent it. It may have lain on the queue for hours. */
    private static JsonNode verified(WebhookVerifier verifier, Message message) throws IOException {
        String sent = attribute(message, "webhook-timestamp");
        if (!verifier.verify(attribute(message, "webhook-id"), sent, attribute(message, "webhook-signature"),
                message.body().getBytes(StandardCharsets.UTF_8), Instant.ofEpochSecond(Long.parseLong(sent)))) {
            throw new IllegalStateException("an event that is not hakbeon's");
        }
        return JSON.readTree(message.body());
    }

    private static String attribute(Message message, String name) {
        return message.messageAttributes().get(name).stringValue();
    }

    private static JsonNode newer(JsonNode one, JsonNode other) {
        return one.path("version").asInt() > other.path("version").asInt() ? one : other;
    }
}
