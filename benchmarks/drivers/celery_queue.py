"""Celery as it comes, a task an issue, each of which does nothing.

python celery_queue.py publish URL COUNT
python celery_queue.py work URL
"""

import sys

from celery import Celery

do, url = sys.argv[1:3]
app = Celery("plain", broker=url)
app.conf.update(task_ignore_result=True, task_default_queue="plain", broker_connection_retry_on_startup=True)


@app.task(name="one")
def one(number):
    """Nothing."""


if do == "publish":
    with app.producer_or_acquire() as producer:
        for number in range(int(sys.argv[3])):
            one.apply_async((number,), producer=producer)
else:
    app.worker_main(["worker", "--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel=WARNING"])
