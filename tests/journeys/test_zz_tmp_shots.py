import time, json
from datetime import timedelta
from pathlib import Path
from tests.journeys.people import person, workspace_of, sign_in
from tests.samples import TAKEN_AT, write_export
from tests.inventory.test_answers import LEFT, RIGHT, catalogue, SETTINGS
from trueline.inventory.starting import capture_folder
from trueline.inventory import queries as inv
from trueline.operations.actions.execution import execute
from trueline.workspaces import access
from trueline.workspaces.actions import create_environment
from trueline.kit.database.context import within
from django.utils import timezone


def cap(ws, user, env, path, at):
    with within(ws.pk):
        scope = access.enter(user, ws.pk)
        st = capture_folder(scope, env, "microsoft365", path, actor=scope.actor, observed_at=at)
        t = time.time()
        execute(ws.pk, st.run.pk)
        print("capture", time.time() - t)
        return inv.snapshot_of_run(scope, st.run.pk).pk


def test_shots(site, new_page, tmp_path):
    user = person("owner@example.org", "Olga")
    ws = workspace_of(user, "Acme")
    with within(ws.pk):
        scope = access.enter(user, ws.pk)
        envs = [
            create_environment(scope, n, actor=scope.actor)
            for n in ("Contoso Nord", "Contoso Süd", "Big left", "Big right")
        ]
    defs = [
        {
            "@odata.type": "#microsoft.graph.deviceManagementConfigurationChoiceSettingDefinition",
            "id": k,
            "displayName": f"Rule the {v} of the device",
            "categoryName": "Devices",
            "options": [{"itemId": v, "displayName": f"Enabled ({v})"}],
        }
        for k, v in list(SETTINGS.items())[:4]
    ]
    r = write_export(
        tmp_path / "r",
        [
            *RIGHT,
            catalogue(20, "Changed", lock="2", long_setting_id_of_the_vendor="x" * 300),
            catalogue(21, "Only here", zzz="1"),
        ],
    )
    (r / "defs.json").write_text(json.dumps(defs))
    l = write_export(
        tmp_path / "l",
        [*LEFT, catalogue(3, "Changed", lock="1", gone="5"), catalogue(4, "Gone from the other", yyy="1")],
    )
    small = cap(ws, user, envs[0], l, TAKEN_AT), cap(ws, user, envs[1], r, TAKEN_AT)

    def big(off, shift, ids):
        out = []
        for n in range(5000):
            s = {
                f"device_vendor_msft_policy_config_area{(n * 10 + k) % 50000}_setting{(n * 10 + k)}": (
                    "2" if shift and n % 7 == 0 and k == 0 else "1"
                )
                for k in range(10)
            }
            out.append(catalogue(off + n, f"Policy {n}" + (" v2" if shift and n % 3 == 0 else ""), **s))
        return out

    def wr(folder, pols):
        t = folder / "SettingsCatalog"
        t.mkdir(parents=True)
        for i, p in enumerate(pols):
            (t / f"{i}.json").write_text(json.dumps(p))
        return folder

    bigs = (
        cap(ws, user, envs[2], wr(tmp_path / "bl", big(100000, False, 0)), TAKEN_AT),
        cap(ws, user, envs[3], wr(tmp_path / "br", big(200000, True, 0)), TAKEN_AT),
    )
    out = Path("/tmp/shots")
    out.mkdir(exist_ok=True)
    pages = {}
    for locale, scheme, width in (
        ("en-GB", "light", 1440),
        ("de-DE", "dark", 1440),
        ("en-GB", "dark", 390),
        ("de-DE", "light", 390),
    ):
        user.locale = locale[:2]
        user.save(update_fields=["locale"])
        page = new_page(locale=locale, color_scheme=scheme, viewport={"width": width, "height": 1000})
        sign_in(page, site, user)
        q = f"left={small[0]}&right={small[1]}"
        for name, url in (
            ("choose", "compare"),
            ("settings", f"compare?{q}&tab=settings"),
            ("objects", f"compare?{q}&tab=objects&outcome=changed"),
            ("pairs", f"compare/pairs?{q}"),
        ):
            page.goto(f"{site.url}/w/acme/{url}")
            wide = page.evaluate("document.documentElement.scrollWidth")
            print(name, locale, width, "scrollWidth", wide)
            page.screenshot(path=out / f"{name}-{locale[:2]}-{scheme}-{width}.png", full_page=True)
        if width == 1440 and locale == "en-GB":
            q = f"left={bigs[0]}&right={bigs[1]}"
            for url in (
                f"compare?{q}&tab=settings",
                f"compare?{q}&tab=settings",
                f"compare?{q}&tab=objects",
                f"compare?{q}&tab=settings&q=area4999",
                f"compare?{q}&tab=settings&from=40000",
                f"compare/pairs?{q}",
            ):
                t = time.time()
                resp = page.request.get(f"{site.url}/w/acme/{url}")
                body = resp.text()
                print("TIME", url[-40:], resp.status, round(time.time() - t, 2), len(body))
            for kind in ("json", "csv", "xlsx"):
                t = time.time()
                resp = page.request.get(f"{site.url}/w/acme/compare/export?{q}&format={kind}")
                body = resp.body()
                print("TIME", kind, resp.status, round(time.time() - t, 2), len(body))
