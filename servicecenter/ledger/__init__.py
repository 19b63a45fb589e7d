"""The ledger: charges, receipts, deposits, refunds and the day's cash-up; append-only and balanced."""
