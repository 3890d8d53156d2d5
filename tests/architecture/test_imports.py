"""Who may import what, beyond the ranks that import-linter checks (pyproject.toml)."""

from tests.architecture.source import DOMAIN, FUNCTIONS, Module, modules

# What the HTTP edge that all functions share may know of the domain.
EDGE_KNOWS = {"kernel", "tenancy", "runs", "edge"}


def _importing(package: str) -> set[str]:
    return {
        module.place
        for root in (DOMAIN, FUNCTIONS)
        for module in modules(root)
        for _, origin, _ in module.imports()
        if origin.split(".", maxsplit=1)[0] == package
    }


def test_only_the_table_and_the_kernel_s_aws_folder_import_boto3() -> None:
    importing = _importing("boto3") | _importing("botocore") | _importing("aiobotocore")

    assert {place for place in importing if not place.startswith(("kernel/table.py", "kernel/aws/"))} == set()


def test_only_one_file_imports_stripe() -> None:
    assert _importing("stripe") <= {"payments/stripe.py"}


def test_records_are_structs() -> None:
    """Each dataclass is compiled at every start of a function (docs/decisions/0013)."""
    assert _importing("dataclasses") == {"kernel/records.py"}


def test_the_domain_knows_neither_functions_nor_the_local_cloud() -> None:
    outside = {folder.name for folder in FUNCTIONS.glob("*/")} | {"functions", "local", "tools", "tests"}

    assert {
        f"{module.place}:{line}"
        for module in modules(DOMAIN)
        for line, origin, _ in module.imports()
        if origin.split(".", maxsplit=1)[0] in outside
    } == set()


def test_a_function_does_not_import_another() -> None:
    """What two functions need is in the domain."""
    packages = {folder.name for folder in FUNCTIONS.glob("*/")}

    assert {
        f"{module.place}:{line}"
        for module in modules(FUNCTIONS)
        for line, origin, _ in module.imports()
        if origin.split(".", maxsplit=1)[0] in packages - {module.context}
    } == set()


def test_a_context_uses_only_the_public_names_of_another() -> None:
    """The kernel is the exception: its modules are imported one by one, so that a function loads only what it uses."""
    assert [violation for module in modules(DOMAIN) for violation in _reaching_inside(module)] == []


def test_the_shared_edge_knows_only_tenancy_and_runs() -> None:
    edge = [module for module in modules(DOMAIN) if module.context == "edge"]

    assert {
        f"{module.place}:{line} imports {origin}"
        for module in edge
        for line, origin, _ in module.imports()
        if origin.startswith("storekeeper.") and origin.split(".")[1] not in EDGE_KNOWS
    } == set()


def test_pure_rooms_import_no_room_that_reads_or_writes() -> None:
    """`model.py` decides: it knows neither how things are stored nor who asks."""
    models = [module for module in modules(DOMAIN) if module.file.name == "model.py"]
    rooms = {"items", "store", "use_cases"}

    assert {
        f"{module.place}:{line}"
        for module in models
        for line, origin, name in module.imports()
        if origin.rsplit(".", maxsplit=1)[-1] in rooms or name in rooms or origin in {"os", "logging"}
    } == set()


def _reaching_inside(module: Module) -> list[str]:
    violations = []
    for line, origin, name in module.imports():
        parts = origin.split(".")
        if parts[0] != "storekeeper" or len(parts) < 2 or parts[1] in {module.context, "kernel"}:
            continue
        if len(parts) > 2 or name is None:
            violations.append(f"{module.place}:{line} reaches into {parts[1]}: {origin}")
    return violations
