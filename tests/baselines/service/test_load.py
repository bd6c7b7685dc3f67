"""The lane that measures the service under load, in its shortest form."""

from tests.baselines.service import load


def test_twenty_clients_get_their_answers(tmp_path) -> None:
    page = tmp_path / "load.md"
    assert load.main(["--clients", "20", "--seconds", "0.3", "--out", str(page)]) == 0
    rows = [line.split(" | ") for line in page.read_text().splitlines() if line.startswith("| `")]
    assert [(row[0], row[1], row[3]) for row in rows] == [
        (f"| {name}", clients, "0")
        for name in ("`/health`", "`/predict`, 1 state", "`/predict`, 64 states")
        for clients in ("1", "20")
    ]
