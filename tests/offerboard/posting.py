"""What a person sends with the lead form."""

from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from directory.models import Category
from tests.factories import CategoryFactory


def filled(shelf: Category | None = None, /, **changes: Any) -> dict[str, Any]:
    """The form of a sell offer that can be published; changes name other values, None leaves a field out."""
    data = {
        "submission": str(uuid4()),
        "action": "publish",
        "kind": "sell_offer",
        "title": "Robusta green coffee, grade 1, screen 18",
        "category": (shelf or CategoryFactory()).slug,
        "description": "Washed and polished Robusta from smallholders, crop 2026/27.",
        "origin": "VN",
        "hs_code": "0901.11",
        "condition": "",
        "quantity": "96",
        "unit": "TNE",
        "price": "4,180.50",
        "currency": "USD",
        "incoterm": "FOB",
        "place": "Hồ Chí Minh City",
        "payment_terms": "lc_sight",
        "valid_days": "30",
    } | changes
    return {name: value for name, value in data.items() if value is not None}


def picture(name: str = "beans.jpg", *, colour: str = "brown") -> SimpleUploadedFile:
    """A small photo; each colour is another one."""
    content = BytesIO()
    Image.new("RGB", (640, 480), colour).save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/jpeg")
