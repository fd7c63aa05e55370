package com.example.hakbeon;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Verifies hakbeon's webhooks (Standard Webhooks). It needs nothing but the JDK, from version 17 on. */
public final class WebhookVerifier {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    /** What stands before the 32 bytes of an Ed25519 key where the JDK reads one (RFC 8410). */
    private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");

    private final List<SecretKeySpec> keys = new ArrayList<>();
    private final List<PublicKey> publicKeys = new ArrayList<>();

    /**
     * @param secrets what is shared with the worker (WEBHOOK_SECRET, whsec_...), its public key (whpk_..., by
     *     "hakbeon webhook key"), or both; several separated by commas while they change
     */
    public WebhookVerifier(String secrets) {
        for (String secret : secrets.split(",")) {
            String text = secret.strip();
            if (text.startsWith("whpk_")) {
                publicKeys.add(publicKey(Base64.getDecoder().decode(text.substring("whpk_".length()))));
                continue;
            }
            if (!text.startsWith("whsec_") || text.length() == "whsec_".length()) {
                throw new IllegalArgumentException("a webhook secret should begin with whsec_, a public key with whpk_");
            }
            keys.add(new SecretKeySpec(Base64.getDecoder().decode(text.substring("whsec_".length())), "HmacSHA256"));
        }
    }

    /** True if the raw body was signed with one of our secrets, or by one of our public keys' owners, within five minutes of now. */
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
        for (PublicKey key : publicKeys) {
            for (String signature : signatures.split(" ")) {
                valid |= signature.startsWith("v1a,") && isSigned(key, id, timestamp, body, signature.substring(4));
            }
        }
        return valid;
    }

    private static boolean isSigned(PublicKey key, String id, String timestamp, byte[] body, String signature) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            verifier.update(body);
            return verifier.verify(Base64.getDecoder().decode(signature));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false; // not a signature, or not base64
        }
    }

    private static PublicKey publicKey(byte[] raw) {
        byte[] encoded = new byte[ED25519.length + raw.length];
        System.arraycopy(ED25519, 0, encoded, 0, ED25519.length);
        System.arraycopy(raw, 0, encoded, ED25519.length, raw.length);
        try {
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a public key should be whpk_ and base64 of 32 bytes", e);
        }
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
