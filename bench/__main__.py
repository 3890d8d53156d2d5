import sys
from bench.counting import as_json, count_sale, logs_kept_apart

with logs_kept_apart():
    s = count_sale(products=int(sys.argv[1]))
for x in s:
    print(
        x.name,
        x.function,
        x.invocations,
        "reads",
        x.sequential_reads,
        "tx",
        x.transactions,
        "RU",
        x.read_units,
        "WU",
        x.write_units,
        "ev",
        x.events,
        "log",
        x.log_bytes,
    )
    for w in x.writes:
        print("      ", w.item, w.done, dict(w.units))
