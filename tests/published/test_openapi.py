"""The validator that accepts our description of the API refuses one that is broken."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from tests.partners.test_schema import document

pytestmark = pytest.mark.django_db
LEADS = "/api/v1/leads/"
WRONG: dict[str, Callable[[dict[str, Any]], Any]] = {
    "without a version": lambda told: told["info"].pop("version"),
    "with an answer that nothing describes": lambda told: told["paths"][LEADS]["get"]["responses"]["200"].pop(
        "description"
    ),
    "with a parameter that stands nowhere": lambda told: told["paths"][LEADS]["get"]["parameters"][0].pop("in"),
    "with a part of an address that is not described": lambda told: told["paths"].update(
        {"/api/v1/leads/{other}/": {"get": {"responses": {"200": {"description": "A lead"}}}}}
    ),
    "with a type that JSON has not": lambda told: next(iter(told["components"]["schemas"].values())).update(
        type="decimal"
    ),
    "with two operations of one name": lambda told: told["paths"][LEADS]["get"].update(
        operationId=told["paths"]["/api/v1/countries/"]["get"]["operationId"]
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_the_validator_finds_a_description(wrong: str) -> None:
    broken = copy.deepcopy(document())
    WRONG[wrong](broken)

    with pytest.raises(OpenAPIValidationError):
        validate(broken)
