"""SQS: sending."""

from storekeeper.kernel.aws.session import client


def send(queue_url: str, body: str) -> None:
    """Put one message on a queue. A repeat puts it twice: consumers de-duplicate."""
    client("sqs").send_message(QueueUrl=queue_url, MessageBody=body)
