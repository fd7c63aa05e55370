package com.example.hakbeon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * Receives hakbeon's webhooks: verifies each, takes each once, keeps the newest version. Spring Boot 3 with
 * spring-boot-starter-web and spring-boot-starter-jdbc; the tables (PostgreSQL):
 *
 * <pre>
 * CREATE TABLE webhook_seen  (id varchar(256) PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
 * CREATE TABLE webhook_sheet (sheet char(16) PRIMARY KEY, version int NOT NULL, student_id varchar(32), final boolean NOT NULL);
 * </pre>
 */
@RestController
public class WebhookController {
    private final WebhookVerifier verifier;
    private final JdbcTemplate jdbc;
    private final ObjectMapper json = new ObjectMapper();

    public WebhookController(@Value("${webhook.secret}") String secrets, JdbcTemplate jdbc) {
        this.verifier = new WebhookVerifier(secrets);
        this.jdbc = jdbc;
    }

    // The body stays bytes: the signature is over what was sent, not over what a parser made of it. The id and
    // what it changes are stored together or not at all.
    @PostMapping("/hooks/recognition")
    @Transactional
    public ResponseEntity<Void> receive(
            @RequestHeader("webhook-id") String id,
            @RequestHeader("webhook-timestamp") String timestamp,
            @RequestHeader("webhook-signature") String signatures,
            @RequestBody byte[] body)
            throws IOException {
        if (!verifier.verify(id, timestamp, signatures, body, Instant.now())) {
            return ResponseEntity.status(401).build();
        }
        int fresh = jdbc.update("INSERT INTO webhook_seen (id) VALUES (?) ON CONFLICT DO NOTHING", id);
        JsonNode event = json.readTree(body);
        if (fresh == 1 && event.path("type").asText().startsWith("sheet.")) {
            take(event.path("data"));
        }
        return ResponseEntity.noContent().build();
    }

    private void take(JsonNode result) {
        JsonNode student = result.path("student_id");
        jdbc.update(
                "INSERT INTO webhook_sheet (sheet, version, student_id, final) VALUES (?, ?, ?, ?) "
                        + "ON CONFLICT (sheet) DO UPDATE SET version = EXCLUDED.version, "
                        + "student_id = EXCLUDED.student_id, final = EXCLUDED.final "
                        + "WHERE EXCLUDED.version > webhook_sheet.version",
                result.path("sheet").asText(),
                result.path("version").asInt(),
                student.isNull() ? null : student.asText(),
                result.path("final").asBoolean());
    }
}
