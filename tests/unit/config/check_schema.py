"""Holds TOML files against the schema: check_schema.py SCHEMA FILE... prints "ok" or what is wrong, one line a file."""
import datetime
import json
import sys
import tomllib

from jsonschema import Draft202012Validator


def plain(value):
    """Dates as text, which is how editors hold them against a schema."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return value


def main(schema_path, paths):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for path in paths:
        with open(path, "rb") as file:
            error = next(validator.iter_errors(plain(tomllib.load(file))), None)
        print("ok" if error is None else f"{error.json_path}: {error.message}".replace("\n", " "))


main(sys.argv[1], sys.argv[2:])
