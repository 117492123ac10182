"""A client of the HTTP API of a Countersign node.

    from countersign_client import Client, draw_key, pages

    client = Client("https://registry.example", token="csk_...")
    for project in pages(client.get_projects):
        print(project["number"], project["title"])
"""

from . import types
from .api import Api as Client
from .transport import Problem, Unreachable, draw_key, pages

__all__ = ["Client", "Problem", "Unreachable", "draw_key", "pages", "types"]
