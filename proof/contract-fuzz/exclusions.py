"""What is no finding, each with its reason. Everything else that Schemathesis finds is one."""

import json

import schemathesis

# Refusals of bodies that JSON Schema calls valid: rules that it cannot say. Their status is part of the contract.
RULES = {
    "CONFIRMATION_NAME_MISMATCH": "the name that confirms a deletion is that of the thing",
    "CLOUD_INIT_INVALID": "a document in another language, YAML, with rules of its own",
    "DELETE_CONFIRMATION_REQUIRED": "a deletion without its confirmation has a code of its own, which says what to do",
    "INVALID_SPEC_OVERRIDES": "paths that other members own",
    "KUBECONFIG_REFUSED": "a document in another language, with a grammar of its own",
    "NAMESPACE_NAME_INVALID": "words that Kubernetes or we reserve",
    "NAME_INVALID": "words that Kubernetes or we reserve",
    "PASSWORD_REFUSED": "what people guess first",
    "TEMPLATE_SPEC_VIOLATION": "hardware in a template, named at any depth",
}

# The word of a state, not of a failure: 503 is part of the contract where a cluster or a dependency is not there.
AWAY = {"CLUSTER_UNHEALTHY"}


def problem(response):
    """The problem that an answer is; empty for any other answer."""
    try:
        body = json.loads(response.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def is_cursor(body):
    """Whether a cursor was refused that no answer held. They are signed; made-up ones are what is tried."""
    return body.get("code") == "INVALID_QUERY" and body["params"].get("rule") == "other_list"


def is_nul(body):
    """Whether a parameter was refused for U+0000, which no text of ours holds. In bodies that is 422, as any value; in
    a query 400. A pattern on each parameter would say so, and nothing else."""
    return body.get("code") == "INVALID_QUERY" and body["params"].get("rule") == "characters"


def is_order(body):
    """Whether an order was refused that only a list of what is undecided has: OpenAPI relates no parameter to another."""
    return body.get("code") == "INVALID_QUERY" and body["params"].get("rule") == "pending"


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether a failure is a finding."""
    kind, body = type(failure).__name__, problem(response)
    found = body.get("code")
    if kind == "RejectedPositiveData":
        ours = is_nul(body) or is_cursor(body) or is_order(body)
        return found not in RULES and found not in AWAY and not ours
    if kind == "ServerError":
        return not (response.status_code == 503 and found in AWAY)
    # OpenAPI 3.1 has no words for events: the schema of a stream is that of the `data` of each.
    return not failure.title.startswith("SSE event")
