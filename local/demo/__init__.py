"""Demo data: two companies with two stores each, made through the public API as any client would make them.

Only founding a company goes another way: the operator's, by invoking a function. Everything is the same each time
but for ids and keys, and a repeat makes only what is missing.

    python -m local.demo --base-url http://localhost:8000 --stack-file .local/stack.json --out tenants.json
"""
