"""The AWS services, one small file each: the only place, with `kernel.table`, that knows boto3."""
