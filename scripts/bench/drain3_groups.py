"""Groups the messages of each request, a line of JSON, by Drain3 with its defaults: groups and seconds."""
import json
import sys
import time

from drain3 import TemplateMiner
from drain3.template_miner_config import TemplateMinerConfig

for line in sys.stdin:
    messages = json.loads(line)
    miner = TemplateMiner(config=TemplateMinerConfig())
    start = time.perf_counter()
    groups = [miner.add_log_message(message)["cluster_id"] for message in messages]
    seconds = time.perf_counter() - start
    print(json.dumps({"groups": groups, "seconds": seconds}), flush=True)
