import json
from importlib import metadata
from pathlib import Path

project = "lander_envs"
author = "The lander_envs developers"
copyright = "The lander_envs developers"
version = release = metadata.version("lander-envs")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "substitution"]
myst_heading_anchors = 3
# Measured numbers, by name: a page writes {{ name }}.
myst_substitutions = json.loads((Path(__file__).parent / "results" / "facts.json").read_text())
# Parts of pages, which {include} puts where they belong.
exclude_patterns = ["_build", "results/**", "demo", "_extra"]
# The browser demo, which docs/demo/build.py builds.
html_extra_path = ["_extra"]

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
