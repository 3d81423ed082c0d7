"""The six services (サービス): one bounded context, one database and one image each."""
