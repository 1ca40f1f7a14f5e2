"""The members face: pages and API of 会员之家. No models; forms belong to their rooms."""
