"""Every attack of the security design: performed by a test, or waiting for what it attacks.

Source: security notes §7.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack, and what is missing: to perform it at all, or to perform the rest of it."""

    id: str
    name: str
    waits_for: str | None = None
    rest_waits_for: str | None = None


ATTACKS = (
    Attack("S01", "telling accounts apart by the answer or its time"),
    Attack("S02", "one more try after five failures"),
    Attack("S03", "fifty wrong passwords at once"),
    Attack("S04", "locking somebody out from afar"),
    Attack("S05", "the same one-time password again"),
    Attack("S06", "a one-time password of another time"),
    Attack("S07", "the right code after five wrong ones"),
    Attack("S08", "half a sign-in used as a session"),
    Attack("S09", "a code in another browser's sign-in"),
    Attack("S10", "a recovery code twice, or for business"),
    Attack("S11", "reissue for an account that is not there"),
    Attack("S12", "reissue without the second factor"),
    Attack("S13", "a reissue code used, old or guessed"),
    Attack("S14", "a weak password"),
    Attack("S15", "old tokens after a new password"),
    Attack("S16", "an administrator who chooses a password for another"),
    Attack("S17", "a token whose header chooses its key"),
    Attack("S18", "a token out of its time, or without what names its bearer"),
    Attack("S19", "another kind of token as an access token"),
    Attack("S20", "a token for another service, or of another issuer"),
    Attack("S21", "a token in the query or a cookie"),
    Attack("S22", "a refresh token replayed"),
    Attack("S23", "two refreshes at once"),
    Attack("S24", "a refresh from another site"),
    Attack("S25", "a token after its end"),
    Attack("S26", "a session kept alive for ever"),
    Attack("S27", "identity in headers"),
    Attack("S28", "a grant that machines do not have"),
    Attack("S29", "an assertion for somebody else, replayed, forged or old"),
    Attack("S30", "a scope beyond the registration"),
    Attack("S31", "a bound token without its proof", "tokens bound by DPoP or mTLS"),
    Attack("S32", "a machine on what is for people"),
    Attack("S33", "inner paths from outside, and a job at another's"),
    Attack("S34", "another policyholder's id on every resource"),
    Attack("S35", "another policyholder in the query of a list"),
    Attack("S36", "an applicant on what is for administrators"),
    Attack("S37", "more rights by a change of one's own profile"),
    Attack("S38", "rows without a tenant, or for another"),
    Attack("S39", "the last administrator removed"),
    Attack("S40", "every door without a token, and without the right"),
    Attack("S41", "a sensitive act long after sign-in"),
    Attack("S42", "a step-up for another act"),
    Attack("S43", "approving one's own request"),
    Attack("S44", "a payment while a new account cools off", rest_waits_for="payments of claims"),
    Attack("S45", "a forged source address"),
    Attack("S46", "locking oneself out by address"),
    Attack("S47", "address ranges that are none"),
    Attack("S48", "a session that moves elsewhere"),
    Attack("S49", "a body that does not end"),
    Attack("S50", "a multipart body that makes work"),
    Attack("S51", "a program called a table", rest_waits_for="workbooks as input"),
    Attack("S52", "an archive that grows", "workbooks as input"),
    Attack("S53", "amounts that are none, rows of another width"),
    Attack("S54", "a hostile file name", rest_waits_for="the malware scanner"),
    Attack("S55", "a formula in an export"),
    Attack("S56", "a webhook that leads inside", "webhooks"),
    Attack("S57", "a secret in a refused form"),
    Attack("S58", "history rewritten in the database"),
    Attack("S59", "an act whose audit fails"),
    Attack("S60", "a fact under another's key"),
    Attack("S61", "one idempotency key for two requests"),
    Attack("S62", "revocations unknown"),
    Attack("S63", "secrets in the logs"),
)
