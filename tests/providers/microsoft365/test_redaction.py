"""No secret leaves the reader, a changed secret still shows, and ordinary settings are not touched."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.microsoft365.objects import (
    CUSTOM,
    EVERY_KIND,
    catalogue,
    changed,
    choice,
    encoded,
    groups,
    pascal,
    read_one,
    secret,
    simple,
)
from trueline.providers.microsoft365.credentials import scrub
from trueline.providers.microsoft365.embedded import text_of
from trueline.providers.microsoft365.redaction import MARKED, Redactor, is_secret_name

SECRET = "hunter2-Tr0ub4dor&3"
RANDOM = "q7Jx9KfTzP2mWvB4sLrY8nDcG1hE5uAo"
JWT = "eyJhbGciOiJIUzI1NiIs.eyJzdWIiOiIxMjM0NTY3ODkw.SflKxwRJSMeKKF2QT4"


def oma(**members: Any) -> dict[str, Any]:
    return CUSTOM | {"omaSettings": [{"omaUri": "./Device/Vendor/Wifi/Profile", "displayName": "W", **members}]}


def script(text: str) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.deviceManagementScript",
        "id": "s",
        "displayName": "Script",
        "scriptContent": encoded(text),
    }


def health(text: str) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.deviceHealthScript",
        "id": "h",
        "displayName": "H",
        "remediationScriptContent": encoded(text),
    }


def device(**members: Any) -> dict[str, Any]:
    return {"@odata.type": "#microsoft.graph.windowsWifiConfiguration", "id": "w", "displayName": "W", **members}


def application(**members: Any) -> dict[str, Any]:
    return {"@odata.type": "#microsoft.graph.iosMobileAppConfiguration", "id": "a", "displayName": "A", **members}


def seeds(word: str = SECRET, reference: str = "r1") -> dict[str, dict[str, Any]]:
    """Objects with a secret in each place where one can stand."""
    profile = f"""<plist><dict><key>SSID_STR</key><string>Office</string>
<key>Password</key><string>{word}</string></dict></plist>"""
    wifi = f"""<?xml version="1.0"?><WLANProfile><name>Office</name><MSM><security><sharedKey>
<keyType>passPhrase</keyType><keyMaterial>{word.replace("&", "+")}</keyMaterial></sharedKey></security></MSM>
</WLANProfile>"""
    return {
        "secret setting": catalogue(secret("vendor_bitlocker_pin", word)),
        "secret setting in a group": catalogue(
            groups("g", [secret("vendor_psk", word), simple("vendor_ssid", "Office")])
        ),
        "secret setting below a choice": catalogue(choice("v", "v_1", secret("vendor_x", word))),
        "plain text setting named a password": catalogue(simple("vendor_wifi_networkpassword", word)),
        "encrypted custom setting": oma(value=word, isEncrypted=True, secretReferenceValueId=reference),
        "custom setting named a key": oma(omaUri="./Device/Vendor/Vpn/PreSharedKey", value=word),
        "Wi-Fi profile in a custom setting": oma(value=encoded(wifi)),
        "pre-shared key": device(preSharedKey=word),
        "password inside": device(proxy={"proxyPassword": word}),
        "PFX": device(encryptedPfxBlob=word),
        "mobileconfig": {
            "@odata.type": "#microsoft.graph.macOSCustomConfiguration",
            "id": "m",
            "displayName": "M",
            "payload": encoded(profile),
        },
        "app configuration": application(
            settings=[{"appConfigKey": "apiToken", "appConfigKeyType": "stringType", "appConfigKeyValue": word}]
        ),
        "managed app configuration": {
            "@odata.type": "#microsoft.graph.targetedManagedAppConfiguration",
            "id": "t",
            "displayName": "T",
            "customSettings": [{"name": "client_secret", "value": word}],
        },
        "payload of an Android app": {
            "@odata.type": "#microsoft.graph.androidManagedStoreAppConfiguration",
            "id": "p",
            "displayName": "P",
            "payloadJson": encoded(json.dumps({"managedProperty": [{"password": word}]})),
        },
        "script variable": script(f'$password = "{word}"\nWrite-Host done'),
        "script argument": script(f"net use /user:x -Password '{word}'"),
        "secure string": script(f'$s = ConvertTo-SecureString "{word}" -AsPlainText -Force'),
        "remediation": health(f"$clientSecret='{word}'"),
        "web address with a login": device(description=f"https://user:{word.replace('&', '.')}@example.com/x"),
        "unknown type": {
            "@odata.type": "#microsoft.graph.newThing",
            "id": "n",
            "displayName": "N",
            "sharedSecret": word,
        },
    }


SEEDED = seeds()


@pytest.mark.parametrize("name", SEEDED)
@pytest.mark.parametrize("shape", [lambda document: document, pascal])
def test_a_seeded_secret_is_nowhere_in_the_record(tmp_path, name, shape) -> None:
    record = read_one(tmp_path, shape(SEEDED[name]))
    told = json.dumps([record.raw, {str(key): value for key, value in record.facets.items()}]) + str(record.settings)
    told += "".join(text_of(word) or "" for word in told.replace('"', " ").split())
    assert "hunter2" not in told.lower()
    assert "[secret " in told


@pytest.mark.parametrize("name", SEEDED)
def test_a_changed_secret_shows_and_an_equal_one_does_not(tmp_path, name) -> None:
    def facets(folder: str, **secrets: str) -> Any:
        return read_one(tmp_path / folder, seeds(**secrets)[name]).facets

    assert facets("a") == facets("b")
    assert facets("a") != facets("c", word=SECRET.replace("hunter2", "hunter3"), reference="r2")


def test_another_key_gives_other_fingerprints() -> None:
    assert Redactor(b"one").mark(SECRET) != Redactor(b"two").mark(SECRET)
    assert MARKED.fullmatch(Redactor(b"one").mark(SECRET))


@pytest.mark.parametrize("document", EVERY_KIND)
def test_an_object_without_secrets_stays_the_very_same_object(document) -> None:
    assert Redactor(b"k").redact(document) is document


@given(st.sampled_from(list(SEEDED)))
def test_redacting_twice_changes_nothing(name) -> None:
    redactor = Redactor(b"k")
    once = redactor.redact(SEEDED[name])
    assert redactor.redact(once) == once


def test_a_script_keeps_its_text_around_the_secret(tmp_path) -> None:
    record = read_one(tmp_path, script(f'# sets up\n$apiKey = "{SECRET}"\nGet-Thing -Name "visible"\n'))
    text = next(value for path, value in record.facets["settings"].items() if path == "scriptContent")
    assert text.startswith('# sets up\n$apiKey = "[secret value:')
    assert text.endswith('"\nGet-Thing -Name "visible"\n')


def test_a_reference_to_a_secret_is_told_from_a_secret(tmp_path) -> None:
    record = read_one(tmp_path, catalogue(secret("v", "a token", "encryptedValueToken")))
    assert record.settings[0].values[0].startswith("[secret reference:")


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {RANDOM}",
        f"token is {JWT} there",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq\n-----END RSA PRIVATE KEY-----",
        "aws AKIAIOSFODNN7EXAMPLE",
        "DefaultEndpointsProtocol=https;AccountKey=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4;EndpointSuffix=x",
        "https://x.blob.core.windows.net/c?sv=1&sig=Zm9vYmFyYmF6cXV4Zm9vYmFy",
        f'$x = "{RANDOM}"',
        "password=Passw0rd123 /silent",
        "<Password>geheim-42</Password>",
    ],
)
def test_credentials_in_text_are_replaced(text) -> None:
    clean = scrub(text, lambda _: "[gone]", is_script=True)
    assert "[gone]" in clean
    assert clean != text


@pytest.mark.parametrize(
    "text",
    [
        "$password = Read-Host -AsSecureString",
        '$password = "$env:PASSWORD"',
        'Write-Host "The password must have 14 characters"',
        "Set-ItemProperty -Path HKLM:\\Software\\Policies -Name MinimumPasswordLength -Value 14",
        '$hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"',
        '$id = "0f2b5d70-d4e9-4156-8c16-1397eb6c54a5"',
        '"C:\\Program Files\\Contoso\\Agent\\bin\\agent.exe"',
        "<PasswordRequired>true</PasswordRequired>",
        '<FilePublisherCondition PublisherName="O=CONTOSO, L=BERLIN" ProductName="*" BinaryName="*">',
    ],
)
def test_ordinary_text_is_not_touched(text) -> None:
    assert scrub(text, lambda _: "[gone]", is_script=True) == text


@pytest.mark.parametrize(
    "name", ["password", "wifi_preSharedKey", "clientSecret", "apiKey", "encryptedPfxBlob", "DOMAIN_PWD"]
)
def test_names_of_secrets_are_known(name) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "passwordRequiredType",
        "minimumPasswordLength",
        "devicelock_maxinactivitytimedevicelock",
        "requirePassword",
        "tokenProtection",
    ],
)
def test_rules_about_secrets_are_no_secrets(name) -> None:
    assert not is_secret_name(name)


def test_hostile_text_takes_no_more_than_linear_time() -> None:
    for text in ("eyJ" * 100_000, "<key>" * 50_000, "a" * 300_000 + "=", "password" * 40_000, "://" * 100_000 + "@"):
        scrub(text, lambda _: "[gone]", is_script=True)


def test_a_placeholder_is_no_secret(tmp_path) -> None:
    document = catalogue(simple("vendor_wifi_networkpassword", "<YOUR PASSWORD>"))
    assert read_one(tmp_path, document).raw == document
    assert read_one(tmp_path, changed(document, "name", to="x")).raw["name"] == "x"
