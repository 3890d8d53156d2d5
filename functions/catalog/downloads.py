"""Downloads of a product: announce, confirm, replace, rename, withdraw. Files go straight to object storage."""

from typing import Annotated

from fastapi import APIRouter, Response

from catalog.download_schemas import DownloadIn, DownloadOut, DownloadPatch, FileIn, NewDownloadOut
from catalog.uploads import coming_file
from storekeeper.catalog.downloads import use_cases
from storekeeper.catalog.downloads.model import Downloads
from storekeeper.catalog.downloads.store import read_downloads
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel.aws.storage import delete_file, keep_file
from storekeeper.kernel.paging import Page

router = APIRouter(prefix="/v1/products/{product_id}/downloads", tags=["Downloads"])


@router.get("")
async def list_downloads(
    product_id: str, params: Listed, call: Annotated[Call, requires("catalog:read")]
) -> ListOut[DownloadOut]:
    """A product's downloads, in their order, those that are withdrawn too; all on one page."""
    params.after()
    downloads = read_downloads(call.table, product_id)
    page = Page(downloads.entries, None)
    return page_out(page, params.scope, lambda one: DownloadOut.of(one, version=downloads.version))


@router.post("", status_code=201)
async def announce_download(
    product_id: str, body: DownloadIn, call: Annotated[Call, requires("catalog:write")], response: Response
) -> NewDownloadOut:
    """Announce a download. Upload its file by the form in `upload`, then POST to `/confirm`: then buyers have it."""
    coming, form = coming_file(product_id, body.content_type, call)

    def answer(downloads: Downloads) -> NewDownloadOut:
        return NewDownloadOut.made(downloads, downloads.entries[-1].id, form)

    downloads = use_cases.announce_download(
        product_id,
        coming,
        name=body.name,
        variant_id=body.variant_id,
        table=call.table,
        now=call.now,
        expects=call.check_version,
        remember=call.remembering(answer),
    )
    return tagged(response, answer(downloads), version=downloads.version)


@router.post("/{download_id}/replace", status_code=201)
async def replace_file(
    product_id: str,
    download_id: str,
    body: FileIn,
    call: Annotated[Call, requires("catalog:write")],
    response: Response,
) -> NewDownloadOut:
    """Announce another file. From its confirmation on everybody gets it, also those who bought the one before."""
    coming, form = coming_file(product_id, body.content_type, call)

    def answer(downloads: Downloads) -> NewDownloadOut:
        return NewDownloadOut.made(downloads, download_id, form)

    downloads = use_cases.replace_file(
        product_id,
        download_id,
        coming,
        table=call.table,
        expects=call.check_version,
        remember=call.remembering(answer),
    )
    return tagged(response, answer(downloads), version=downloads.version)


@router.post("/{download_id}/confirm")
async def confirm_file(
    product_id: str, download_id: str, call: Annotated[Call, requires("catalog:write")], response: Response
) -> DownloadOut:
    """Say that the upload is done; 409 `not_uploaded` if nothing has arrived."""

    def answer(downloads: Downloads) -> DownloadOut:
        return DownloadOut.of(downloads.find(download_id), version=downloads.version)

    downloads = use_cases.confirm_file(
        product_id,
        download_id,
        keep_file=keep_file,
        delete_file=delete_file,
        table=call.table,
        remember=call.remembering(answer, status=200),
    )
    return tagged(response, answer(downloads), version=downloads.version)


@router.patch("/{download_id}")
async def change_download(
    product_id: str,
    download_id: str,
    body: DownloadPatch,
    call: Annotated[Call, requires("catalog:write")],
    response: Response,
) -> DownloadOut:
    """Change a download's name, or its place."""
    downloads = use_cases.change_download(
        product_id,
        download_id,
        name=body.name,
        position=body.position,
        table=call.table,
        expects=call.check_version,
    )
    answer = DownloadOut.of(downloads.find(download_id), version=downloads.version)
    return tagged(response, answer, version=downloads.version)


@router.delete("/{download_id}", status_code=204)
async def withdraw_download(
    product_id: str, download_id: str, call: Annotated[Call, requires("catalog:write")]
) -> None:
    """Take a download off the product. Whoever bought before keeps it; to take a file from everybody, replace it."""
    use_cases.withdraw_download(
        product_id, download_id, delete_file=delete_file, table=call.table, now=call.now, expects=call.check_version
    )
