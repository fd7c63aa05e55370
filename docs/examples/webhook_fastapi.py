#!/usr/bin/env python3
"""Receives hakbeon's webhooks: verifies each, takes each once, keeps the newest version.

    pip install fastapi uvicorn
    WEBHOOK_SECRET=whsec_... uvicorn webhook_fastapi:app --port 9000

WEBHOOK_SECRET is the worker's; while it is being changed, both, separated by a comma.
In its place, or beside it, WEBHOOK_PUBLIC_KEY is what "hakbeon webhook key" says (whpk_...):
with that nobody here can sign anything. It needs: pip install cryptography
"""
import base64
import hashlib
import hmac
import json
import os
import sqlite3
import time

from fastapi import FastAPI, Request, Response

TOLERANCE_S = 300
MAX_BODY = 1 << 20

app = FastAPI()
secrets = [
    base64.b64decode(s.strip().removeprefix("whsec_"))
    for s in os.environ.get("WEBHOOK_SECRET", "").split(",") if s.strip()
]
public_keys = []
if os.environ.get("WEBHOOK_PUBLIC_KEY"):
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public_keys = [
        Ed25519PublicKey.from_public_bytes(base64.b64decode(k.strip().removeprefix("whpk_")))
        for k in os.environ["WEBHOOK_PUBLIC_KEY"].split(",")
    ]
if not secrets and not public_keys:
    raise SystemExit("set WEBHOOK_SECRET or WEBHOOK_PUBLIC_KEY")
# What was seen must outlive a restart: a repeat may come three days later.
db = sqlite3.connect(os.environ.get("WEBHOOK_DB", "webhooks.db"), check_same_thread=False)
db.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at REAL)")
db.execute("CREATE TABLE IF NOT EXISTS sheets (sheet TEXT PRIMARY KEY, version INTEGER, student_id TEXT, final INTEGER)")


def verified(headers, body: bytes) -> bool:
    """True if the raw body was signed with one of our secrets within five minutes."""
    event_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not event_id or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE_S:
        return False
    signed = f"{event_id}.{timestamp}.".encode() + body
    given = [s[3:].encode() for s in headers.get("webhook-signature", "").split() if s.startswith("v1,")]
    wanted = [base64.b64encode(hmac.new(s, signed, hashlib.sha256).digest()) for s in secrets]
    if any(hmac.compare_digest(g, w) for g in given for w in wanted):
        return True
    return any(
        signed_by(key, s[4:], signed)
        for key in public_keys for s in headers.get("webhook-signature", "").split() if s.startswith("v1a,")
    )


def signed_by(key, signature: str, signed: bytes) -> bool:
    """True if the signature was made with the other half of the public key."""
    try:
        key.verify(base64.b64decode(signature), signed)
        return True
    except (InvalidSignature, ValueError):
        return False


@app.post("/hooks/recognition")
async def receive(request: Request) -> Response:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return Response(status_code=413)
    if not verified(request.headers, body):
        return Response(status_code=401)
    event = json.loads(body)
    with db:  # the id and what it changes are stored together or not at all
        new = db.execute(
            "INSERT OR IGNORE INTO seen VALUES (?, ?)", (request.headers["webhook-id"], time.time())
        ).rowcount
        if new and event["type"].startswith("sheet."):
            take(event["data"])
    return Response(status_code=204)


def take(result: dict) -> None:
    """Keeps the highest version of a sheet: events may overtake each other."""
    db.execute(
        "INSERT INTO sheets VALUES (:sheet, :version, :student_id, :final) ON CONFLICT (sheet) DO UPDATE SET "
        "version = excluded.version, student_id = excluded.student_id, final = excluded.final "
        "WHERE excluded.version > version",
        {"sheet": result["sheet"], "version": result["version"],
         "student_id": result["student_id"], "final": result["final"]},
    )
