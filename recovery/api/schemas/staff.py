"""The people of a clinic and their tokens, as an admin's program asks for, changes and sees them."""

from marshmallow import fields

from recovery.api.fields import Id, Text, Word
from recovery.api.schemas.common import Change, Listed, Ordered
from recovery.models.staff import ROLES
from recovery.services import passwords
from recovery.services.staff import LONGEST_NAME

_LINK = {"description": "Sets a password once, within a day. Shown in this answer only."}


class NewMember(Ordered):
    email = Text(254, required=True)
    name = Text(LONGEST_NAME)
    role = Word(ROLES, required=True)
    password = Text(
        passwords.AT_MOST, metadata={"description": "Without one the answer has a link to choose it by."}
    )


class MemberChange(Change):
    name = Text(LONGEST_NAME)
    role = Word(ROLES)
    disabled = fields.Boolean(
        truthy={True}, falsy={False}, metadata={"description": "Ends sessions and revokes tokens."}
    )


class Member(Ordered):
    id = fields.UUID(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    role = Word(ROLES, required=True)
    has_password = fields.Boolean(
        required=True, metadata={"description": "False until she has chosen one by her link."}
    )
    has_second_step = fields.Boolean(required=True)
    locked_until = fields.DateTime(required=True, allow_none=True)
    disabled_at = fields.DateTime(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)


class Colleague(Ordered):
    id = fields.UUID(required=True)
    name = fields.String(required=True)


class Colleagues(Listed):
    items = fields.List(fields.Nested(Colleague), required=True)


class AddedMember(Member):
    reset_link = fields.String(required=True, allow_none=True, metadata=_LINK)


class ResetLink(Ordered):
    reset_link = fields.String(required=True, metadata=_LINK)
    good_until = fields.DateTime(required=True)


class Members(Listed):
    items = fields.List(fields.Nested(Member), required=True)


class NewToken(Ordered):
    staff_id = Id(required=True)
    name = Text(LONGEST_NAME, required=True, metadata={"description": "What it is for."})


class Token(Ordered):
    id = fields.UUID(required=True)
    staff_id = fields.UUID(required=True)
    name = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)
    last_used_at = fields.DateTime(required=True, allow_none=True)
    revoked_at = fields.DateTime(required=True, allow_none=True)


class AddedToken(Token):
    token = fields.String(required=True, metadata={"description": "Shown in this answer only."})


class Tokens(Listed):
    items = fields.List(fields.Nested(Token), required=True)
