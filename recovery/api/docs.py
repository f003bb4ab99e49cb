"""The API's documentation as a page, drawn on the server from the description itself."""

from typing import Any, cast

from flask import Blueprint, current_app, render_template

blueprint = Blueprint(
    "api-docs-page",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/docs/static",
)


@blueprint.get("/docs")
def page() -> str:
    """Every call with what it takes and gives; no script, nothing from another host."""
    spec = cast(dict[str, Any], current_app.extensions["recovery.openapi"].to_dict())
    return render_template("api_docs.html", spec=spec, described=lambda node: _resolved(spec, node))


def _resolved(spec: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """What a reference of the description points to, or the node itself."""
    if "$ref" not in node:
        return node
    found: Any = spec
    for part in str(node["$ref"]).lstrip("#/").split("/"):
        found = found[part]
    return cast(dict[str, Any], found)
