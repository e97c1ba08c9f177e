"""Finding a station: what the public's and the bureau's lists can be filtered by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from jurisdictions.models import Authority
from stations.enums import StationState
from stations.models import Station

PAGE_SIZE = 20


class DirectoryFilter(forms.Form):
    """Name or number, district, trade, year of designation, state; all optional, all in the address."""

    q = forms.CharField(label="名称、单位或编号", required=False)
    district = forms.ChoiceField(label="属地或主管单位", required=False)
    trade = forms.CharField(label="职业（工种）", required=False)
    year = forms.ChoiceField(label="认定年度", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *StationState.choices])

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        places = Authority.objects.filter(local_stations__isnull=False).distinct().values_list("pk", "name")
        years = Station.objects.order_by("-designated_on__year").values_list("designated_on__year", flat=True)
        self._choose("district", [(str(pk), name) for pk, name in places])
        self._choose("year", [(str(year), f"{year}年") for year in years.distinct()])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "全部"), *choices]

    def narrow(self, stations: QuerySet[Station]) -> QuerySet[Station]:
        """The stations that the filter lets through; what it does not understand filters nothing."""
        if not self.is_bound:
            return stations
        self.is_valid()
        wanted = self.cleaned_data
        if text := wanted.get("q"):
            stations = stations.filter(
                Q(name__icontains=text) | Q(unit__name__icontains=text) | Q(number__icontains=text)
            )
        if trade := wanted.get("trade"):
            stations = stations.filter(trade__icontains=trade)
        exact = {"district": "local_authority", "year": "designated_on__year", "state": "state"}
        chosen = {lookup: wanted[name] for name, lookup in exact.items() if wanted.get(name)}
        return stations.filter(**chosen)
