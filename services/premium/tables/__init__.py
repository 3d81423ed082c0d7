"""What premium keeps: the rulebook's dated rows, and the premiums, invoices and estimates made."""

from .assessments import AgreementCover, Assessment
from .code_tables import Code, CodeTable, CodeTableVersion, ExchangeRate
from .estimates import Buyer, Estimate
from .invoices import Invoice, InvoiceCounter, InvoiceLine, InvoiceTerm
from .root import Base, Sourced
from .tariff import (
    BaseRate,
    ComponentCountry,
    CountryCategory,
    CoverCalibration,
    ProductCoefficient,
    RateEdition,
)

__all__ = [
    "AgreementCover",
    "Assessment",
    "Base",
    "BaseRate",
    "Buyer",
    "Code",
    "CodeTable",
    "CodeTableVersion",
    "ComponentCountry",
    "CountryCategory",
    "CoverCalibration",
    "Estimate",
    "ExchangeRate",
    "Invoice",
    "InvoiceCounter",
    "InvoiceLine",
    "InvoiceTerm",
    "ProductCoefficient",
    "RateEdition",
    "Sourced",
]
