"""Every error code that the contracts document for an action of the door, over the wire."""

from __future__ import annotations

from typing import Any, cast

import pytest

from swaslift.cloud import Cloud
from swaslift.cloud.endpoints import Product
from swaslift.cloud.faults import is_throttling
from swaslift.cloud.meanings import UNKNOWN, meaning
from swaslift.emulator import Emulator
from swaslift.errors import (
    ApiError,
    AuthError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    OutOfStockError,
    QuotaError,
    ServerError,
    ThrottledError,
)
from tests.cloud.actions import contract, used_actions
from tests.cloud.doors import REGION, door
from tests.cloud.error_classes import CODES, expected

COMMON_BY = {"swas": "ListInstances", "ecs": "DescribeInstances", "sts": "GetCallerIdentity"}
"""The codes that every action of a product can answer are asked of one, and of those without own ones."""


def documented(product: str, action: str) -> list[tuple[int, str]]:
    """Status and code of each documented error."""
    facts = contract(product)
    spec = facts["actions"][action]
    errors = [*spec["errors"], *spec.get("other_errors", ())]
    if COMMON_BY[product] == action or not errors:
        errors += facts["common_errors"]
    return sorted({(e["http"] or 400, e["code"]) for e in errors})


def answered(cloud: Emulator, client: Cloud, product: str, action: str, http: int, code: str) -> ApiError:
    """What the door raises for a code."""
    cloud.faults.fail(action, http, code, f"words about {code}")
    with pytest.raises(ApiError) as raised:
        client.caller.read(cast("Product", product), action, REGION, {}, patient=False)
    return raised.value


@pytest.fixture
def client(cloud: Emulator) -> Cloud:
    return door(cloud)


@pytest.mark.parametrize(("product", "action"), used_actions())
def test_each_documented_code_becomes_the_error_that_the_table_says(
    cloud: Emulator, client: Cloud, product: str, action: str
) -> None:
    wrong: list[Any] = []
    for http, code in documented(product, action):
        error = answered(cloud, client, product, action, http, code)
        told = (error.action, error.code, error.http_status, error.region_id, error.service_message)
        assert told == (action, code, http, REGION, f"words about {code}")
        assert error.request_id == cloud.log[-1].request_id
        assert error.request_id in str(error)
        if (type(error), error.retryable) != expected(action, code, http):
            wrong.append((http, code, type(error).__name__, error.retryable))
        if http >= 500:
            assert error.retryable, code
    assert wrong == []


def test_the_table_holds_no_code_that_no_contract_knows() -> None:
    known = {code for product, action in used_actions() for _, code in documented(product, action)}
    listed = {code.rstrip("+") for codes in CODES.values() for code in codes.split()}
    assert listed - known == set()


@pytest.mark.parametrize("product", ["swas", "ecs"])
@pytest.mark.parametrize("http", [400, 403, 429, 503])
def test_throttling_is_told_by_its_code_whatever_the_status(
    cloud: Emulator, client: Cloud, product: str, http: int
) -> None:
    action = COMMON_BY[product]
    for code in (*contract(product)["throttling_codes"], "Throttling.Burst", "Throttling.Anything"):
        if code != "ServiceUnavailable":
            error = answered(cloud, client, product, action, http, code)
            assert isinstance(error, ThrottledError)
            assert error.retryable
            assert error.retry_after is None
    assert isinstance(answered(cloud, client, product, action, 503, "ServiceUnavailable"), ServerError)


@pytest.mark.parametrize("http", [500, 502, 503, 504])
def test_a_code_that_nobody_knows_is_told_by_its_status(cloud: Emulator, client: Cloud, http: int) -> None:
    error = answered(cloud, client, "ecs", "DescribeInstances", http, "SomethingNew")
    assert type(error) is ServerError
    assert error.retryable
    assert (
        type(answered(cloud, client, "ecs", "DescribeInstances", 400, "SomethingNew")) is InvalidRequestError
    )


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("Forbidden.SomethingNew", AuthError),
        ("NoPermission.SomethingNew", AuthError),
        ("InvalidSecurityToken.MismatchWithAccessKey", AuthError),
        ("QuotaExceed.SomethingNew", QuotaError),
        ("QuotaExceeded.SomethingNew", QuotaError),
        ("OperationDenied.SomethingNoStock", OutOfStockError),
        ("IncorrectSomethingStatus", ConflictError),
        ("DependencyViolation.SomethingNew", ConflictError),
        ("InvalidSomethingId.NotFound", NotFoundError),
    ],
)
def test_a_code_that_nobody_knows_is_told_by_its_shape(
    cloud: Emulator, client: Cloud, code: str, kind: type[ApiError]
) -> None:
    assert type(answered(cloud, client, "ecs", "DescribeInstances", 403, code)) is kind


HINTS = [
    ("ecs", "ReplaceSystemDisk", 400, "OperationDenied", "data disk snapshots"),
    ("ecs", "ReplaceSystemDisk", 403, "OperationDenied", "between Windows and Linux"),
    ("ecs", "CopyImage", 403, "OperationDenied", "may not be used for images"),
    ("ecs", "CreateImage", 400, "OperationDenied", "No system disk snapshot"),
    ("ecs", "ReplaceSystemDisk", 400, "InvalidParameter.Conflict", "do not fit"),
    ("ecs", "ReplaceSystemDisk", 403, "InvalidParameter.Conflict", "Either a disk or an image"),
    ("ecs", "CopyImage", 403, "OperationDenied.SameRegionOnly", "inside its region first"),
    ("ecs", "RunInstances", 403, "OperationDenied.NoStock", "choose another zone"),
    ("ecs", "RunInstances", 403, "Forbidden.RAM", "RAM permission"),
    ("ecs", "CopyImage", 403, "InvalidParameter.KMSKeyId.KMSUnauthorized", "KMS key"),
    ("ecs", "CreateImage", 400, "IdempotenceParamNotMatch", "used before, with other parameters"),
    ("swas", "DeleteCustomImage", 400, "CustomImageInShare", "Unshare the image"),
    ("swas", "CreateSnapshot", 403, "SnapshotLimitExceed", "3 for each server"),
    ("swas", "CreateCustomImage", 403, "IncorrectInstanceStatus", "renew it first"),
    ("sts", "GetCallerIdentity", 400, "SignatureDoesNotMatch", "access key secret"),
    ("sts", "GetCallerIdentity", 400, "InvalidSecurityToken.Expired", "renew them"),
]


@pytest.mark.parametrize(("product", "action", "http", "code", "hint"), HINTS)
def test_a_code_has_the_hint_of_its_action_and_status(
    cloud: Emulator, client: Cloud, product: str, action: str, http: int, code: str, hint: str
) -> None:
    error = answered(cloud, client, product, action, http, code)
    assert hint in error.hint
    assert hint in str(error)


def test_what_deletions_take_for_gone_is_never_an_unknown_region_or_value(
    cloud: Emulator, client: Cloud
) -> None:
    for code in (
        "InvalidRegionId.NotFound",
        "InvalidApi.NotFound",
        "InvalidAction.NotFound",
        "InvalidStatus.NotFound",
        "PriceNotFound",
    ):
        assert not isinstance(answered(cloud, client, "ecs", "DeleteImage", 404, code), NotFoundError)
    gone = answered(cloud, client, "ecs", "DeleteImage", 404, "InvalidImageId.NotFound")
    assert isinstance(gone, NotFoundError)


QUOTED = {
    *("InvalidParam", "InvalidParameter", "InvalidParamter", "InvalidParameter.AllEmpty"),
    *("NotSupported", "OperationDenied"),
}
"""Codes that say too little to know what to do, of a refused parameter: the service's words are quoted."""


@pytest.mark.parametrize(("product", "action"), used_actions())
def test_each_documented_code_says_what_to_do_or_is_quoted_as_it_is(product: str, action: str) -> None:
    facts = contract(product)
    spec = facts["actions"][action]
    codes = [*spec["errors"], *spec.get("other_errors", ()), *facts["common_errors"]]
    for http, code in sorted({(e["http"] or 400, e["code"]) for e in codes}):
        if is_throttling(code):
            continue
        found = meaning(action, code, http)
        assert found.hint, code
        assert found.known == (code not in QUOTED or (code == "OperationDenied" and found != UNKNOWN)), (
            http,
            code,
        )


MEANINGS: list[tuple[str, int, str, str, type[ApiError], str]] = [
    (
        "RunInstances",
        403,
        "OperationDenied",
        "The resource is out of usage.",
        OutOfStockError,
        "another zone",
    ),
    (
        "StartInstance",
        403,
        "OperationDenied",
        "The resource is out of usage.",
        OutOfStockError,
        "another zone",
    ),
    ("RunInstances", 403, "OperationDenied", "network type", InvalidRequestError, "network type"),
    ("RunInstances", 403, "OperationDenied", "Something new.", InvalidRequestError, "quoted"),
    (
        "RunInstances",
        403,
        "InvalidResourceType.NotSupported",
        "This resource type",
        OutOfStockError,
        "another zone",
    ),
    ("CreateInstances", 400, "SomeNewCode", "This plan is sold out.", OutOfStockError, "Try later"),
    ("RunInstances", 403, "NO_REAL_REGISTER_AUTHENTICATION", "", AuthError, "real-name"),
    ("CreateInstances", 400, "Order.NoRealNameAuthentication", "", AuthError, "real-name"),
    ("RunInstances", 403, "Account.RealNameMissing", "", AuthError, "real-name"),
    ("DescribePrice", 403, "RealNameAuthenticationError", "", AuthError, "real-name"),
    ("StopInstance", 404, "Forbidden.InstanceNotFound", "", NotFoundError, "does not exist"),
    ("StopInstance", 403, "Forbidden.InstanceNotFound", "", AuthError, "RAM permission"),
    ("DeleteSnapshot", 404, "Forbidden.SnapshotNotFound", "", NotFoundError, "does not exist"),
    (
        "RunInstances",
        400,
        "InvalidDataDiskCategory.ValueNotSupported",
        "",
        InvalidRequestError,
        "disk category",
    ),
    ("RunInstances", 400, "InvalidSystemDiskCategory.SomethingNew", "", InvalidRequestError, "disk category"),
    ("RunInstances", 403, "InvalidParameter.NotMatch", "", InvalidRequestError, "NVMe"),
    ("CopyImage", 403, "OperationDeined.EncryptedSnapshot", "", InvalidRequestError, "leave encrypted out"),
    (
        "CopyImage",
        403,
        "InvalidEncrypted.NotMatchDiskDefaultEncryption",
        "",
        InvalidRequestError,
        "by default",
    ),
    (
        "RunInstances",
        400,
        "NeverHeardOf",
        "The target is wrong.",
        InvalidRequestError,
        "not known to swaslift",
    ),
    ("RunInstances", 403, "NeverHeardOf", "", InvalidRequestError, "not known to swaslift"),
    ("RunInstances", 401, "NeverHeardOf", "", AuthError, "not known to swaslift"),
    ("RunInstances", 503, "NeverHeardOf", "", ServerError, "failed"),
]


@pytest.mark.parametrize(("action", "http", "code", "message", "kind", "hint"), MEANINGS)
def test_a_code_is_understood_by_action_status_and_message(
    action: str, http: int, code: str, message: str, kind: type[ApiError], hint: str
) -> None:
    found = meaning(action, code, http, message)
    assert found.error is kind
    assert hint in found.hint


def test_too_many_calls_are_told_by_the_status_where_the_code_is_new(cloud: Emulator, client: Cloud) -> None:
    assert type(answered(cloud, client, "ecs", "DescribeInstances", 429, "SomethingNew")) is ThrottledError
