package com.example.hakbeon;

import java.io.IOException;
import java.time.Instant;

/** Says whether one request is valid: secrets, id, timestamp and signatures as arguments, the body on stdin. */
public final class WebhookVerifierCheck {
    private WebhookVerifierCheck() {}

    public static void main(String[] args) throws IOException {
        byte[] body = System.in.readAllBytes();
        boolean valid = new WebhookVerifier(args[0]).verify(args[1], args[2], args[3], body, Instant.now());
        System.out.println(valid ? "valid" : "invalid");
    }
}
