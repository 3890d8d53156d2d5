"""Builds what is deployed: one folder of function code, the domain layer, and the dependency layers.

`sam build` calls it for each function and layer (see layers/*/Makefile and functions/Makefile), and the packaging
tests call it for the same archives, so what they check is what is deployed. It needs no interpreter of Lambda's
version: wheels for the target are downloaded, never built.
"""
