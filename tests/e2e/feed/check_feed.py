#!/usr/bin/python3
"""Holds messages against sync/asyncapi.yaml, and that file against itself and its schemas.

check_feed.py ASYNCAPI [MESSAGES]    MESSAGES: lines as `mosquitto_sub -F %j` prints them
Prints how many of each message there were as JSON. Exit 1 when anything is wrong, each in a line on stderr.
"""
import collections
import json
import pathlib
import re
import sys
import warnings
from urllib.parse import urljoin

import yaml

warnings.simplefilter("ignore", DeprecationWarning)
from jsonschema import Draft202012Validator, RefResolver, exceptions  # noqa: E402

SITE = "https://aisle.io/"
FORMAT = "application/schema+json;version=draft-2020-12"


def refs(node):
    """Every $ref below a node."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from refs(value)


def absolute(node, base):
    """Makes every $ref below a node a whole URL, so that it means the same wherever the schema is used from."""
    if isinstance(node, dict):
        return {k: urljoin(base, v) if k == "$ref" else absolute(v, base) for k, v in node.items()}
    return [absolute(value, base) for value in node] if isinstance(node, list) else node


def no_download(url):
    raise ValueError("not one of our files: " + url)


class Description:
    def __init__(self, path):
        self.problems = []
        path = pathlib.Path(path)
        self.base = SITE + "asyncapi.yaml"
        self.doc = absolute(yaml.safe_load(path.read_text(encoding="utf-8")), self.base)
        self.files = {}
        for file in sorted((path.parent / "schemas").glob("*.json")):
            schema = json.loads(file.read_text(encoding="utf-8"))
            self.files[file.name] = absolute(schema, SITE + "schemas/" + file.name)
        store = {SITE + "schemas/" + name: schema for name, schema in self.files.items()}
        self.resolver = RefResolver(self.base, self.doc, store=store, handlers={"https": no_download})
        self.channels = self.doc.get("channels", {})
        self.messages = self.doc.get("components", {}).get("messages", {})
        self.patterns = {name: self.pattern(channel.get("address", "")) for name, channel in self.channels.items()}
        self.validators = {}

    @staticmethod
    def pattern(address):
        parts = re.split(r"\{(\w+)\}", address)
        text = "".join(re.escape(p) if i % 2 == 0 else f"(?P<{p}>[^/_][^/]*)" for i, p in enumerate(parts))
        return re.compile(text + r"\Z")

    def wrong(self, what):
        self.problems.append(what)

    # The file by itself.

    def check(self):
        if self.doc.get("asyncapi") != "3.0.0":
            self.wrong("asyncapi: 3.0.0 expected")
        for member in ("title", "version"):
            if not self.doc.get("info", {}).get(member):
                self.wrong(f"info.{member} is missing")
        self.check_refs()
        for name, schema in self.files.items():
            self.check_file(name, schema)
        if self.problems:
            return  # the rest follows references
        for name, channel in self.channels.items():
            self.check_channel(name, channel)
        for name, operation in self.doc.get("operations", {}).items():
            self.check_operation(name, operation)
        for name, message in self.messages.items():
            self.check_message(name, message)
        used = {ref.rsplit("/", 1)[1] for channel in self.channels.values() for ref in refs(channel["messages"])}
        for name in self.messages.keys() - used:
            self.wrong(f"message {name} is on no channel")
        operated = {ref.split("#")[1].split("/")[2] for ref in refs(self.doc["operations"])}
        for name in self.channels.keys() - operated:
            self.wrong(f"channel {name} is used by no operation")

    def check_refs(self):
        named = set()
        bases = [(self.base, self.doc)] + [(SITE + "schemas/" + name, schema) for name, schema in self.files.items()]
        for base, node in bases:
            for ref in refs(node):
                named.add(ref.split("#")[0])
                try:
                    self.resolver.resolve(ref)
                except Exception as error:  # whatever the reason, it leads nowhere
                    self.wrong(f"{base}: {ref} cannot be resolved: {error}")
        for name in self.files:
            if SITE + "schemas/" + name not in named:
                self.wrong(f"schemas/{name} is used by nothing")

    def check_file(self, name, schema):
        if schema.get("$id") != SITE + "schemas/" + name:
            self.wrong(f"schemas/{name}: its $id is {schema.get('$id')}")
        if schema.get("$schema") != Draft202012Validator.META_SCHEMA["$id"]:
            self.wrong(f"schemas/{name}: not of 2020-12")
        try:
            Draft202012Validator.check_schema(schema)
        except exceptions.SchemaError as error:
            self.wrong(f"schemas/{name}: {error.message}")

    def check_channel(self, name, channel):
        if not channel.get("address") or not channel.get("messages"):
            self.wrong(f"channel {name}: address and messages expected")
        parameters = set(re.findall(r"\{(\w+)\}", channel.get("address", "")))
        if parameters != set(channel.get("parameters", {})):
            self.wrong(f"channel {name}: its parameters are not those of its address")

    def check_operation(self, name, operation):
        if operation.get("action") not in ("send", "receive"):
            self.wrong(f"operation {name}: action send or receive expected")
        if operation.get("channel", {}).get("$ref", "").rpartition("#")[2].rpartition("/")[0] != "/channels":
            self.wrong(f"operation {name}: a channel expected")

    def check_message(self, name, message):
        payload = message.get("payload", {})
        if payload.get("schemaFormat") != FORMAT or "schema" not in payload:
            self.wrong(f"message {name}: schemaFormat and schema expected")
            return
        Draft202012Validator.check_schema(payload["schema"])
        if "name" in message and payload["schema"]["properties"]["type"]["const"] != message["name"]:
            self.wrong(f"message {name}: is of another type than {message['name']}")

    # What was sent.

    def message_of(self, channel, body):
        """The name of the message of a channel that a payload is to be, or None."""
        names = list(channel["messages"])
        if len(names) == 1 and "name" not in self.messages[names[0]]:
            return names[0]
        kind = body.get("type") if isinstance(body, dict) else None
        return next((n for n in names if self.messages[n].get("name") == kind), None)

    def trait(self, message, member):
        for trait in message.get("traits", []):
            found = self.resolver.resolve(trait["$ref"])[1].get(member)
            if found is not None:
                return found
        return None

    def take(self, line):
        """The name of the message in a line, after whatever is wrong with it has been noted."""
        topic = line["topic"]
        matches = [(n, p.match(topic)) for n, p in self.patterns.items() if p.match(topic)]
        if len(matches) != 1:
            return self.wrong(f"{topic}: {len(matches)} channels describe it")
        body = json.loads(line["payload"])
        name = self.message_of(self.channels[matches[0][0]], body)
        if name is None:
            return self.wrong(f"{topic}: no schema for a message of type {body.get('type')}")
        message = self.messages[name]
        if message.get("x-not-sent-yet"):
            self.wrong(f"{topic}: said not to be sent yet")
        self.validate(name, message, topic, body)
        if "name" in message:
            self.check_event(topic, matches[0][1].groupdict(), body)
        if "properties" in line:
            self.check_properties(topic, message, line["properties"])
        return name

    def validate(self, name, message, topic, body):
        if name not in self.validators:
            self.validators[name] = Draft202012Validator(message["payload"]["schema"], resolver=self.resolver)
        for error in self.validators[name].iter_errors(body):
            self.wrong(f"{topic}: {error.json_path}: {error.message[:300]}")

    def check_event(self, topic, at, body):
        if body["type"] != f"io.aisle.{at['family']}.{at['name']}.v1":
            self.wrong(f"{topic}: of type {body['type']}")
        if body["source"] != f"/stores/{at['store']}/gateways/{at['gateway']}":
            self.wrong(f"{topic}: from {body['source']}")
        if not body["id"].endswith("-" + body["sequence"]):
            self.wrong(f"{topic}: id {body['id']} and sequence {body['sequence']} differ")
        if body.get("partitionkey") != body["data"].get("customer_id"):
            self.wrong(f"{topic}: partition key and customer differ")

    def check_properties(self, topic, message, properties):
        wanted = self.trait(message, "contentType")
        if properties.get("content-type") not in (wanted, None):
            self.wrong(f"{topic}: content type {properties['content-type']}, not {wanted}")
        if "name" not in message:
            return
        if properties.get("content-type") != wanted or properties.get("payload-format-indicator") != 1:
            self.wrong(f"{topic}: content type and payload format indicator expected")
        headers = Draft202012Validator({**self.trait(message, "headers"), "additionalProperties": False})
        for error in headers.iter_errors(properties.get("user-properties", {})):
            self.wrong(f"{topic}: user property: {error.message}")


def main(arguments):
    described = Description(arguments[0])
    described.check()
    counts = collections.Counter()
    if len(arguments) > 1 and not described.problems:
        for line in pathlib.Path(arguments[1]).read_text(encoding="utf-8").splitlines():
            counts[described.take(json.loads(line))] += 1
    for problem in described.problems:
        print(problem, file=sys.stderr)
    sent = [name for name, message in described.messages.items() if not message.get("x-not-sent-yet")]
    print(json.dumps({"seen": counts, "unseen": sorted(set(sent) - counts.keys())}))
    return 1 if described.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
