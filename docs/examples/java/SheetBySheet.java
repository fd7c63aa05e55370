package com.example.hakbeon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * Reads an exam over HTTP, one call a sheet, as one batch with one end.
 *
 * <pre>
 * mvn -q compile exec:java -Dexec.mainClass=com.example.hakbeon.SheetBySheet \
 *     -Dexec.args="SaS_2017_Final roster.xlsx scans/001.jpg scans/002.jpg"
 * </pre>
 *
 * AI_SERVER_URL is the worker's address, API_KEY one of its keys, if it has any.
 */
public final class SheetBySheet {
    private static final String SERVER = System.getenv().getOrDefault("AI_SERVER_URL", "http://127.0.0.1:8000");
    private static final String KEY = System.getenv().getOrDefault("API_KEY", "");
    private static final String BATCH = LocalDate.now().toString();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private SheetBySheet() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 3) {
            throw new IllegalArgumentException("give an exam code, a roster and its sheets");
        }
        String examCode = args[0];
        Path roster = Path.of(args[1]);
        List<Path> sheets = Arrays.stream(args).skip(2).map(Path::of).toList();

        // 1. The roster first, then the sheets. Each answer is what the sheet alone says.
        send("/upload-roster/?exam_code=" + examCode, "file", roster);
        for (Path sheet : sheets) {
            JsonNode first = send("/extract-student-id/?exam_code=" + examCode + "&batch_id=" + BATCH, "image", sheet);
            System.out.println(first.path("filename").asText() + " " + first.path("status").asText() + " at first");
        }

        // 2. The end, at which all sheets are decided together, comes when we say that all is there.
        String batch = "/exams/" + examCode + "/batches/" + BATCH;
        call(request(batch + "/close").POST(BodyPublishers.noBody()));
        while (!call(request(batch + "?limit=0")).path("status").asText().equals("completed")) {
            Thread.sleep(1000);
        }

        // 3. The results, some at a time.
        List<JsonNode> results = new ArrayList<>();
        for (String after = ""; after != null; ) {
            JsonNode page = call(request(batch + "?after=" + after));
            page.path("sheets").forEach(results::add);
            after = page.path("next").textValue();
        }
        results.sort(Comparator.comparing(result -> result.path("filename").asText()));
        for (JsonNode result : results) {
            System.out.println(String.join(" ", result.path("filename").asText(), result.path("status").asText(),
                    result.path("student_id").asText("-"), result.at("/meta/s3_keys/original").asText("-")));
        }
    }

    /** Sends a file as a field of a form, as browsers do. */
    private static JsonNode send(String path, String field, Path file) throws IOException, InterruptedException {
        String boundary = UUID.randomUUID().toString();
        BodyPublisher form = BodyPublishers.concat(
                BodyPublishers.ofString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\""
                        + file.getFileName() + "\"\r\nContent-Type: application/octet-stream\r\n\r\n"),
                BodyPublishers.ofFile(file),
                BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
        return call(request(path).header("Content-Type", "multipart/form-data; boundary=" + boundary).POST(form));
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(SERVER + path)).timeout(Duration.ofMinutes(1)).header("X-API-Key", KEY);
    }

    // A worker with its hands full says when to come back. Each of these calls may be made twice: the same file under
    // the same name is the same sheet.
    private static JsonNode call(HttpRequest.Builder request) throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            HttpResponse<String> answer = CLIENT.send(request.build(), BodyHandlers.ofString());
            boolean busy = answer.statusCode() == 429 || answer.statusCode() == 503;
            if (busy && tries < 10) {
                Thread.sleep(1000 * answer.headers().firstValueAsLong("Retry-After").orElse(1));
            } else if (answer.statusCode() >= 300) {
                throw new IOException(answer.statusCode() + ": " + answer.body());
            } else {
                return JSON.readTree(answer.body());
            }
        }
    }
}
