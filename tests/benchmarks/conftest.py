def pytest_addoption(parser) -> None:
    parser.addoption(
        "--device", choices=["cpu", "cuda"], default="cpu", help="where networks and updates run"
    )
