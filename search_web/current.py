"""What the running application was made with: its service, and the folder of its index."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, current_app

from search_web.service import SearchService

_SERVICE, _INDEX = "bangfu", "bangfu-index"


def equip(app: Flask, service: SearchService, index: Path) -> None:
    """Give an application the service that answers it, and tell it where the index lies."""
    app.extensions.update({_SERVICE: service, _INDEX: index})


def service_of(app: Flask) -> SearchService:
    """The service of an application."""
    found: SearchService = app.extensions[_SERVICE]
    return found


def service() -> SearchService:
    """The service of the application that answers this request."""
    return service_of(current_app)


def index_folder() -> Path:
    """The folder of the index that this request is answered from."""
    found: Path = current_app.extensions[_INDEX]
    return found
