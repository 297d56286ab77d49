"""Budget 11: how fast a campaign goes out, beside the same mail sent with Django's own means; and its memory."""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection
from django.template import Context, Template
from django.test import override_settings
from django.utils import timezone

from accounts.models import Member
from mailings.delivery.campaigns import advance
from mailings.delivery.sending import send_campaigns
from mailings.models import Campaign, CampaignText, Delivery, Subscriber
from mailings.services.campaigns import approve_campaign, cancel_campaign
from mailings.stopping.unsubscribe_links import unsubscribe_link
from mailings.topics import question_of
from marketplace.bench.findings import Finding, memory_finding
from marketplace.bench.place import Market
from marketplace.demo import free_port
from privacy.models import ConsentEvent
from privacy.services.consent import record_choices

OURS, DJANGOS = 3_000, 500  # mails of one run
TIMES, COMMITS = 9, 300
TOPIC = "newsletter"
LEADS = [{"title": f"Lead {number}", "url": f"https://x.example/{number}/"} for number in range(10)]
BODY = "This is new on the market.\n\n" + "\n\n".join(
    f"## {lead['title']}\n\nRobusta, 18 t, [see it]({lead['url']})" for lead in LEADS
)
# The same as Django's templates have it.
TEXT = Template(
    "Good day,\n\nThis is new on the market.\n\n{% for lead in leads %}{{ lead.title }}\n\nRobusta, 18 t, see it\n"
    "{{ lead.url }}\n\n{% endfor %}{{ operator.address }}\n{{ stop }}"
)
HTML = Template(
    "{% load i18n %}<html><body><table><tr><td><h1>{{ subject }}</h1><p>Good day,</p><p>This is new on the market.</p>"
    '{% for lead in leads %}<h2>{{ lead.title }}</h2><p>Robusta, 18 t, <a href="{{ lead.url }}">see it</a></p>'
    '{% endfor %}<p>{% translate "Unsubscribe" %} <a href="{{ stop }}">{{ stop }}</a> {{ operator.address }}</p>'
    "</td></tr></table></body></html>"
)
ADDRESS = {"name": "Bench Ltd", "address": "1 Bench Street, Bench"}


def measure_mailing(_market: Market) -> Iterator[Finding]:
    """The outbox against template, EmailMultiAlternatives and one kept connection; both into the same server."""
    with _server() as smtp, override_settings(SMTP=smtp, OPERATOR={**settings.OPERATOR, **ADDRESS}):
        campaign = _campaign(readers=OURS)
        advance(now=timezone.now())
        started = time.perf_counter()
        send_campaigns()
        ours = OURS / (time.perf_counter() - started)
        left = Delivery.objects.filter(campaign=campaign).exclude(state="sent").count()
        djangos = _with_django(campaign, smtp)
    advance(now=timezone.now())
    yield Finding(
        number=11,
        what="mails a second of a campaign, over Django's template, message and kept connection",
        value=0.0 if left else ours / djangos,
        at_least=TIMES,
        measured=f"{ours:.0f} and {djangos:.0f} mails a second, one process each",
        profile=_what_a_commit_costs,
    )


def measure_many_readers(market: Market) -> Iterator[Finding]:
    """A campaign for as many readers as the market has leads: released at once, found in a memory that stays flat."""
    with override_settings(OPERATOR={**settings.OPERATOR, **ADDRESS}):
        campaign = _campaign(readers=market.leads, released=False)
        started = time.perf_counter()
        _release(campaign)
        released = time.perf_counter() - started
        early, late, found = _found_by_a_worker()
        rows = Delivery.objects.filter(campaign=campaign).count()
        cancel_campaign(campaign=campaign, now=timezone.now())
        advance(now=timezone.now())
    yield Finding(
        number=11,
        what="releasing a campaign for all readers, seconds",
        value=released,
        at_most=1,
        measured=f"{released * 1000:.0f} ms for {market.leads:,} readers; {rows:,} rows written in {found:.0f} s",
    )
    yield memory_finding("finding the readers of a campaign", early, late, f"after a shift, and after {rows:,} rows")


def find_readers() -> None:
    """Find all readers, shift by shift, and print the most memory after the first and the last, in MB, and seconds."""
    started = time.perf_counter()
    peaks: list[float] = []
    while not peaks or Campaign.objects.filter(state=Campaign.State.MATERIALISING).exists():
        advance(now=timezone.now())
        peaks.append(_memory())
    print(peaks[0], peaks[-1], time.perf_counter() - started)  # noqa: T201 - read by who started this process


def _found_by_a_worker() -> tuple[float, float, float]:
    """By a process of its own: this one has invented the readers, and its memory says nothing."""
    program = "import django; django.setup(); from marketplace.bench.mailing import find_readers; find_readers()"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    early, late, seconds = map(float, done.stdout.splitlines()[-1].split())
    return early, late, seconds


def _what_a_commit_costs() -> str:
    """Each mail is marked in a commit that is on the disk before its dot; Django's way commits nothing."""
    told = []
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_commit (n integer)")
        cursor.execute("INSERT INTO bench_commit VALUES (0)")
        for waits, words in (("on", "waits for the disk"), ("off", "does not")):
            cursor.execute(f"SET synchronous_commit TO {waits}")
            started = time.perf_counter()
            for _number in range(COMMITS):
                cursor.execute("UPDATE bench_commit SET n = n + 1")
            told.append(f"a commit that {words}: {(time.perf_counter() - started) / COMMITS * 1000:.2f} ms")
        cursor.execute("RESET synchronous_commit")
        cursor.execute("DROP TABLE bench_commit")
    return "; ".join(told)


@contextmanager
def _server() -> Iterator[dict[str, object]]:
    """A mail server that takes everything; where it is, as settings.SMTP says it."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "marketplace.bench.sink", str(port), str(Path(folder) / "log")]
        server = subprocess.Popen(command, cwd=settings.BASE_DIR)  # noqa: S603 - our own program
        try:
            time.sleep(1)
            yield {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port}
        finally:
            server.kill()
            server.wait()


def _with_django(campaign: Campaign, smtp: dict[str, object]) -> float:
    """Mails a second, in the way that Django's documentation shows for many: rendered and written one by one."""
    backend = get_connection(
        "django.core.mail.backends.smtp.EmailBackend", host=smtp["EMAIL_HOST"], port=smtp["EMAIL_PORT"]
    )
    words, readers = campaign.texts.get(), list(Subscriber.objects.all()[:DJANGOS])
    started = time.perf_counter()
    backend.open()
    for reader in readers:
        stop = unsubscribe_link(reader.key, TOPIC, reader.email)
        context = {"subject": words.subject, "leads": LEADS, "operator": settings.OPERATOR, "stop": stop}
        text, html = (template.render(Context(context)) for template in (TEXT, HTML))
        message = EmailMultiAlternatives(words.subject, text, settings.DEFAULT_FROM_EMAIL, [reader.email])
        message.attach_alternative(html, "text/html")
        backend.send_messages([message])
    backend.close()
    return len(readers) / (time.perf_counter() - started)


def _campaign(*, readers: int, released: bool = True) -> Campaign:
    """For so many subscribers, made for this."""
    Subscriber.objects.filter(email__endswith="@bench.example").delete()
    now = timezone.now()
    (example,) = record_choices(
        subject=uuid4(),
        choices={question_of(TOPIC): True},
        method=ConsentEvent.Method.LINK,
        language="en",
        gpc=False,
        now=now,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "WITH made AS (INSERT INTO mailings_subscriber (key, email, language, confirmed_at) "
            "SELECT gen_random_uuid(), 'reader' || n || '@bench.example', 'en', %s FROM generate_series(1, %s) AS n "
            "RETURNING key) INSERT INTO privacy_consentevent (subject, purpose, channel, given, words_id, policy_id, "
            "method, gpc, at) SELECT key, %s, 'email', true, %s, %s, 'link', false, %s FROM made",
            [now, readers, TOPIC, example.words_id, example.policy_id, now],
        )
        cursor.execute("RESET statement_timeout")
    campaign = Campaign.objects.create(
        kind="marketing",
        title="Bench",
        topic=TOPIC,
        slug=f"bench-{uuid4().hex[:12]}",
        default_language="en",
        is_archived=False,
        written_at=now,
    )
    CampaignText.objects.create(campaign=campaign, language="en", subject="New on the market", body=BODY)
    if released:
        _release(campaign)
    return campaign


def _release(campaign: Campaign) -> None:
    now = timezone.now()
    approve_campaign(campaign=campaign, approver=Member.objects.order_by("pk")[0], starts_at=now, now=now)


def _memory() -> float:
    """The most that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
