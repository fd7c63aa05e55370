package com.example.hakbeon;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Verifies hakbeon's webhooks (Standard Webhooks). It needs nothing but the JDK. */
public final class WebhookVerifier {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private final List<SecretKeySpec> keys = new ArrayList<>();

    /** @param secrets the worker's WEBHOOK_SECRET: whsec_..., several separated by commas while they change */
    public WebhookVerifier(String secrets) {
        for (String secret : secrets.split(",")) {
            String text = secret.strip();
            if (!text.startsWith("whsec_") || text.length() == "whsec_".length()) {
                throw new IllegalArgumentException("a webhook secret should begin with whsec_");
            }
            keys.add(new SecretKeySpec(Base64.getDecoder().decode(text.substring("whsec_".length())), "HmacSHA256"));
        }
    }

    /** True if the raw body was signed with one of our secrets within five minutes of now. */
    public boolean verify(String id, String timestamp, String signatures, byte[] body, Instant now) {
        if (id == null || id.isEmpty() || timestamp == null || !timestamp.matches("[0-9]{1,12}") || signatures == null) {
            return false;
        }
        Instant sent = Instant.ofEpochSecond(Long.parseLong(timestamp));
        if (Duration.between(sent, now).abs().compareTo(TOLERANCE) > 0) {
            return false;
        }
        boolean valid = false;
        for (SecretKeySpec key : keys) {
            byte[] wanted = sign(key, id, timestamp, body);
            for (String signature : signatures.split(" ")) {
                if (signature.startsWith("v1,")) {
                    byte[] given = signature.substring(3).getBytes(StandardCharsets.US_ASCII);
                    valid |= MessageDigest.isEqual(wanted, given); // in constant time
                }
            }
        }
        return valid;
    }

    private static byte[] sign(SecretKeySpec key, String id, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encode(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
