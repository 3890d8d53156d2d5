"""Examples of shipping methods for the API's document. No member is null: the framework leaves those out."""

from pydantic.config import JsonDict

METHOD: JsonDict = {
    "name": "Parcel",
    "rate": {"kind": "flat", "amount": "5.00"},
    "zones": [{"country": "US", "regions": ["NY", "NJ"]}],
    "free_from": "100.00",
    "max_weight_g": 20_000,
    "delivery_days": {"min": 2, "max": 4},
    "tracking_url_template": "https://track.example.com/{tracking_number}",
}
CHANGE: JsonDict = {"rate": {"kind": "weight", "base": "4.00", "per_step": "1.50", "step_g": 1_000}}
ANSWER: JsonDict = {
    **METHOD,
    "id": "shm_01KAGC3M5Q8V6ZB1X7Y2N4T9RD",
    "currency": "USD",
    "min_weight_g": 50,
    "min_amount": "10.00",
    "max_amount": "500.00",
    "active": True,
    "position": 0,
    "version": 1,
    "created_at": "2026-11-20T07:32:00.000Z",
    "updated_at": "2026-11-20T07:32:00.000Z",
}
