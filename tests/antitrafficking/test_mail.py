"""Mail of an installation without a mail server: a command's standard output stays its answer."""

from django.core.mail import EmailMessage

from antitrafficking.mail import StderrBackend


def test_mails_are_printed_beside_the_answer_of_a_command(capsys):
    EmailMessage(subject="提醒", body="还有7天", to=["a@example.test"], connection=StderrBackend()).send()

    printed = capsys.readouterr()
    assert printed.out == ""
    assert "a@example.test" in printed.err
