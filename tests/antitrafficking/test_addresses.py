import pytest

from antitrafficking.addresses import client_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "127.0.0.1"),
        (0, "198.51.100.1", "127.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "198.51.100.1", "127.0.0.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
        (1, "'; DROP TABLE", None),
    ],
)
def test_client_address(rf, settings, proxies, forwarded, address):
    settings.PROXY_COUNT = proxies

    assert client_address(rf.get("/", headers={"x-forwarded-for": forwarded})) == address


def test_client_address_is_unknown_behind_a_socket(rf):
    assert client_address(rf.get("/", REMOTE_ADDR="")) is None
