"""Takes each condition off each write, one at a time, and shows the test that notices.

A condition is what a write carries as the keyword argument `only_if`; one with several clauses joined by `AND` counts
once for each clause. A test says which one it proves by `@pytest.mark.guards("module.function", clause="...")`;
the clause may be left out where there is only one.
"""
