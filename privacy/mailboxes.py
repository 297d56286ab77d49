"""What an address says about its holder: how else it is spelt, and whether it is at a company's own website."""

# Hosts at which everybody can have a mailbox: being there proves nothing about a company.
_FREE_MAIL = """
126.com 139.com 163.com 188.com aliyun.com aol.com bigpond.com bk.ru btinternet.com daum.net fastmail.com foxmail.com
free.fr gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hanmail.net hotmail.co.uk hotmail.com hotmail.de
hotmail.fr hotmail.it icloud.com inbox.ru laposte.net libero.it list.ru live.com mac.com mail.com mail.ru me.com msn.com
naver.com o2.pl orange.fr outlook.com outlook.de pm.me proton.me protonmail.com qq.com rambler.ru rediffmail.com
seznam.cz sina.cn sina.com sohu.com t-online.de terra.com.br tutanota.com ukr.net uol.com.br virgilio.it wanadoo.fr
web.de wp.pl yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.com.vn yahoo.de yahoo.fr yandex.com
yandex.ru yeah.net ymail.com zoho.com
"""
FREE_MAIL = frozenset(_FREE_MAIL.split())


def spellings(address: str) -> frozenset[str]:
    """The address in lower case, with its domain in letters and as the DNS has it."""
    local, _at, domain = address.strip().lower().rpartition("@")
    return frozenset(f"{local}@{host}" for host in (domain, ascii_host(domain), _in_letters(domain)))


def is_at_host(address: str, host: str) -> bool:
    """Whether the mailbox is at this host or at a name below it, which only the host's owner can give out."""
    domain = ascii_host(address.rpartition("@")[2])
    own = ascii_host(host).removeprefix("www.")
    if "." not in own or own in FREE_MAIL:
        return False
    return domain == own or domain.endswith(f".{own}")


def ascii_host(host: str) -> str:
    """As the DNS has it; what is no host's name stays as it is."""
    try:
        return host.strip().lower().rstrip(".").encode("idna").decode()
    except UnicodeError:
        return host.lower()


def _in_letters(domain: str) -> str:
    try:
        return ascii_host(domain).encode().decode("idna")
    except UnicodeError:
        return domain
