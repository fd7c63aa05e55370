"""What a Python backend does with SQS; the endpoint and the keys come from the environment."""

import boto3
import botocore.exceptions

client = boto3.client("sqs")


def code_of(call, **arguments):
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return None


url = client.create_queue(QueueName="boto", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
assert client.get_queue_url(QueueName="boto")["QueueUrl"] == url
assert client.list_queues(QueueNamePrefix="bo")["QueueUrls"] == [url]

attributes = {
    "text": {"DataType": "String", "StringValue": "학번"},
    "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
}
sent = client.send_message(QueueUrl=url, MessageBody='{"x": "<&>"}', MessageAttributes=attributes)
message = client.receive_message(
    QueueUrl=url, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"], WaitTimeSeconds=20
)["Messages"][0]
assert message["MessageId"] == sent["MessageId"]
assert message["Body"] == '{"x": "<&>"}'
assert message["MessageAttributes"] == attributes
assert message["Attributes"]["ApproximateReceiveCount"] == "1"
client.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
message = client.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"][0]
client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
assert "Messages" not in client.receive_message(QueueUrl=url)

batch = [{"Id": str(i), "MessageBody": str(i)} for i in range(10)]
assert len(client.send_message_batch(QueueUrl=url, Entries=batch)["Successful"]) == 10
got = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
handles = [{"Id": m["MessageId"], "ReceiptHandle": m["ReceiptHandle"]} for m in got]
deleted = client.delete_message_batch(QueueUrl=url, Entries=handles[:-1] + [{"Id": "bad", "ReceiptHandle": "bad"}])
assert len(deleted["Successful"]) == 9 and deleted["Failed"][0]["Id"] == "bad"

attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
assert attributes["ApproximateNumberOfMessagesNotVisible"] == "1", attributes

fifo = client.create_queue(QueueName="boto.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
first = client.send_message(QueueUrl=fifo, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="d")
again = client.send_message(QueueUrl=fifo, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="d")
assert first["SequenceNumber"] == again["SequenceNumber"]

assert code_of(client.get_queue_url, QueueName="none") == "AWS.SimpleQueueService.NonExistentQueue"
assert code_of(client.delete_message, QueueUrl=url, ReceiptHandle="bad") == "ReceiptHandleIsInvalid"
assert code_of(client.send_message, QueueUrl=fifo, MessageBody="x") == "MissingParameter"
stranger = boto3.client("sqs", aws_access_key_id="AKIDOTHER", aws_secret_access_key="other")
assert code_of(stranger.list_queues) == "InvalidClientTokenId"
client.delete_queue(QueueUrl=url)
print("ok")
