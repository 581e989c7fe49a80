"""What a setting is called when nobody told: read off its id, plain where the words are not known, never wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueline.inventory.id_names import name_from_id
from trueline.inventory.readings import id_at


@pytest.mark.parametrize(
    ("setting_id", "name"),
    [
        ("device_vendor_msft_policy_config_camera_allowcamera", "Camera: Allow camera"),
        ("user_vendor_msft_policy_config_word16v2~policy~l_word~l_security_l_runprograms", "Word: Run programs"),
        ("device_vendor_msft_policy_config_admx_printing_configurerpctcpport", "Printing: Configure RPC TCP port"),
        (
            "device_vendor_msft_policy_config_edgev88~policy~edge_startuppage_recommended",
            "Edge: Startup page recommended",
        ),
        ("com.apple.applicationaccess_allowappinstallation", "Application access: Allow app installation"),
        ("./device/vendor/msft/policy/config/wifi/allowinternetsharing", "Wifi: Allow internet sharing"),
        ("passwordMinimumLength", "Password minimum length"),
        ("device_vendor_msft_policy_config_area_xyzzyfrobnicate", "Area: Xyzzyfrobnicate"),
        ("device_vendor_msft_laps_policies_passwordagedays_2", "LAPS: Password age days 2"),
        ("", ""),
        ("___", "___"),
    ],
)
def test_a_name_is_read_off_an_id(setting_id, name):
    assert name_from_id(setting_id) == name


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("group/device_x[2]", "device_x"),
        ("omaSettings[./device/vendor/msft/remote/enrolmentkey].value", "./device/vendor/msft/remote/enrolmentkey"),
        ("conditions.users.includeUsers", "conditions.users.includeUsers"),
        ("scheduledActions[block].gracePeriodHours", "gracePeriodHours"),
        ("", ""),
    ],
)
def test_the_id_of_a_setting_is_at_the_end_of_its_path(path, key):
    assert id_at(path) == key


@given(st.text(max_size=60))
def test_any_id_has_a_name(setting_id):
    assert bool(name_from_id(setting_id).strip()) == bool(setting_id.strip())


@given(st.from_regex(r"[a-z]{1,30}(_[a-z]{1,30}){0,3}", fullmatch=True))
def test_a_name_holds_letters_of_its_id_only_and_in_their_order(setting_id):
    left = iter(setting_id)
    letters = [one for one in name_from_id(setting_id).lower() if one.isalpha()]
    assert all(letter in left for letter in letters)
