import os
import sys
from importlib import metadata
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS / "tutorial"))
import notebooks  # noqa: E402  # beside the chapters

project = "lander_envs"
author = "The lander_envs developers"
copyright = "The lander_envs developers"
version = release = metadata.version("lander-envs")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["attrs_inline", "colon_fence"]
myst_heading_anchors = 3
# Parts of pages, which {include} puts where they belong.
exclude_patterns = ["_build", "results/**", "demo", "_extra", "tutorial/notebooks"]
# The browser demo, which docs/demo/build.py builds.
html_extra_path = ["_extra"]

# The tutorial runs in the build, each chapter in a folder of its own; one that has not changed is
# taken from the cache.
nb_execution_mode = "cache"
nb_execution_in_temp = True
nb_execution_timeout = 600
nb_execution_show_tb = True
nb_merge_streams = True
# The notebooks import `baselines` from the checkout.
os.environ["PYTHONPATH"] = os.pathsep.join([str(DOCS.parent), os.environ.get("PYTHONPATH", "")])

# Tianshou's requirements exclude those of the site.
autodoc_mock_imports = ["tianshou"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"

# Names of other projects (nothing here is linked over the network), and type aliases and type
# variables, which have no page.
nitpick_ignore_regex = [
    ("py:.*", r"(gym|gymnasium|np|numpy|typing|typing_extensions|collections)\..*"),
    ("py:.*", r"(Any|NDArray|VectorEnv|VectorWrapper|Box|Obs|LanderOptions|Unpack.*)"),
]

html_theme = "furo"
html_title = f"lander_envs {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]


def add_links(app, name, source) -> None:
    """Links to a chapter's notebook, under its title."""
    folder, _, chapter = name.rpartition("/")
    if folder != "tutorial" or not chapter[0].isdigit():
        return
    links = f"{{download}}`Download the notebook <notebooks/{chapter}.ipynb>`"
    if colab := notebooks.colab(chapter):
        links = f"[Open in Colab]({colab}){{.badge}} {links}"
    head, title, text = source[0].partition("\n# ")
    heading, _, rest = text.partition("\n")
    source[0] = f"{head}{title}{heading}\n\n{links}\n{rest}"


def setup(app) -> None:
    outdated = notebooks.outdated()
    if outdated:
        raise ValueError(f"run docs/tutorial/notebooks.py, which writes {', '.join(outdated)} anew")
    app.connect("source-read", add_links)
